/**
 * One piece of work for all who ask for it while it has not begun: `pause` lets them come, and `work`
 * gets what all of them asked for, each once, and returns how each is answered. It begins after
 * every question that it answers.
 */
export function gathered<Q, A>(
  pause: () => Promise<void>,
  work: (questions: readonly Q[]) => Promise<(question: Q) => Promise<A>>,
): (question: Q) => Promise<A> {
  let next: { readonly questions: Set<Q>; readonly answers: Promise<(question: Q) => Promise<A>> };
  let isOpen = false;
  return async (question) => {
    if (!isOpen) {
      isOpen = true;
      const questions = new Set<Q>();
      const begin = async (): Promise<(question: Q) => Promise<A>> => {
        try {
          await pause();
        } finally {
          isOpen = false;
        }
        return work([...questions]);
      };
      next = { questions, answers: begin() };
    }
    next.questions.add(question);
    return (await next.answers)(question);
  };
}
