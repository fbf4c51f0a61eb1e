import { describe, expect, test } from 'vitest';
import {
  eitherCloud,
  isCommand,
  oxide,
  spell,
  spellData,
  tool,
  type Spelling,
} from '../../src/lib/commands.js';
import { plainSpelling, spelled } from '../helpers/spelling.js';

const rehearsed: Spelling = {
  rehearsal: true,
  own: (command) => `oxide --sandbox ${command}`,
  tool: (command) => `oxide sandbox run -- ${command}`,
};

describe('a command in a text', () => {
  test('is written out as the run says, however many there are', () => {
    const text = `Look: ${oxide`status`}, or ${tool`kubectl get nodes`}.`;
    expect(spelled(text)).toBe('Look: oxide status, or kubectl get nodes.');
    expect(spell(text, rehearsed)).toBe(
      'Look: oxide --sandbox status, or oxide sandbox run -- kubectl get nodes.',
    );
  });

  test('has what is put into it in quotes where a shell needs them', () => {
    const [pool, files] = ["it's", ['a b', 'c']];
    expect(spelled(oxide`scale worker --pool ${pool} --count ${3} --node ${files}`)).toBe(
      `oxide scale worker --pool 'it'\\''s' --count 3 --node 'a b' c`,
    );
    expect(spelled(oxide`secrets import ${'demo'}-secrets.age`)).toBe(
      'oxide secrets import demo-secrets.age',
    );
    expect(spelled(tool`kubectl ${'=x'} ${''}`)).toBe("kubectl '=x' ''");
  });

  test('may be another one in a rehearsal, and text around it as well', () => {
    const text = `Delete it ${eitherCloud('in the console', `with ${oxide`sandbox shell`}`)}.`;
    expect(spelled(text)).toBe('Delete it in the console.');
    expect(spell(text, rehearsed)).toBe('Delete it with oxide --sandbox sandbox shell.');
  });

  test('is found in data, whose objects of classes stay', () => {
    const made = new Date(0);
    const data = { hints: [oxide`create`, 'none'], made, count: 2 };
    expect(spellData(data, plainSpelling)).toEqual({
      hints: ['oxide create', 'none'],
      made,
      count: 2,
    });
  });

  test('is known by its beginning', () => {
    expect([oxide`create`, `${tool`kubectl get nodes`} x`, 'oxide create'].map(isCommand)).toEqual([
      true,
      true,
      false,
    ]);
  });
});
