/** A page in the background gets no frames; an alert counter in its title still has to move, in milliseconds. */
const HIDDEN_MS = 250;

/** Runs a task once before the next paint, or soon where nothing is painted. */
export function nextFrame(task: () => void): void {
  const painted = "requestAnimationFrame" in globalThis;
  let done = false;
  const once = () => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    task();
  };
  const timer = setTimeout(once, painted ? HIDDEN_MS : 0);
  if (painted) requestAnimationFrame(once);
}
