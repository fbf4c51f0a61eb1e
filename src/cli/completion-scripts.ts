/** The word that makes oxide answer with what may stand in the place of the last word. */
export const candidatesWord = 'complete-words';

const ask = `oxide ${candidatesWord} --`;

const bash = `# oxide in bash: eval "$(oxide completion bash)"
_oxide() {
  local IFS=$'\\n' line current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  for line in $(${ask} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); do
    case "$line" in
      :files) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -f -- "$current")) ;;
      :folders) compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen -d -- "$current")) ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done
}
complete -F _oxide oxide
`;

const zsh = `#compdef oxide
# oxide in zsh: eval "$(oxide completion zsh)", after compinit
_oxide() {
  local line
  local -a found
  for line in \${(f)"$(${ask} "\${(@)words[2,CURRENT]}" 2>/dev/null)"}; do
    case $line in
      :files) _files; return ;;
      :folders) _files -/; return ;;
      *$'\\t'*) found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
      *) found+=("\${line//:/\\\\:}") ;;
    esac
  done
  _describe oxide found
}
compdef _oxide oxide
`;

const fish = `# oxide in fish: oxide completion fish | source
function __oxide_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  for line in (${ask} $words[2..] "$current" 2>/dev/null)
    switch $line
      case :files
        __fish_complete_path $current
      case :folders
        __fish_complete_directories $current
      case '*'
        echo $line
    end
  end
end
complete -c oxide -f -a '(__oxide_complete)'
`;

/** What makes a shell complete calls of oxide. */
export const completionScripts = { bash, zsh, fish } as const;
