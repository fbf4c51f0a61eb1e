/** The function with its answers kept for as long as what they are about: stored values never change. */
export function remembered<From extends object, To>(
  compute: (from: From) => To,
): (from: From) => To {
  const known = new WeakMap<From, { readonly answer: To }>();
  return (from) => {
    const present = known.get(from);
    if (present) return present.answer;
    const answer = compute(from);
    known.set(from, { answer });
    return answer;
  };
}
