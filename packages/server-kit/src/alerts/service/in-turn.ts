/** Runs tasks one after another, in the order they were given; the failure of one does not concern the next. */
export function inTurn(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task, task);
    last = result.catch(() => {}); // whoever asked for the task is told
    return result;
  };
}
