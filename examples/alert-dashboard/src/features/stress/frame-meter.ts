import { useEffect, useState } from "react";

/** How smooth the page was in the last seconds. */
export interface FrameReport {
  readonly frames: number;
  /** 95 % of frames came within so many milliseconds of the one before. */
  readonly intervalMs: number;
  readonly longestMs: number;
  /** Mean time from the beginning of a frame until it was handed over, and the longest of them, milliseconds. */
  readonly workMs: number;
  readonly longTasks: number;
}

/** How long is looked back at, milliseconds. */
const WINDOW_MS = 3_000;

/** Sums up frames: when they began, and how long each kept the page busy. */
export function reportOf(
  begun: readonly number[],
  busy: readonly number[],
  longTasks: number,
): FrameReport {
  const intervals = begun
    .slice(1)
    .map((at, index) => at - (begun[index] ?? at))
    .sort((a, b) => a - b);
  const span = (begun.at(-1) ?? 0) - (begun[0] ?? 0);
  return {
    frames: span > 0 ? ((begun.length - 1) / span) * 1_000 : 0,
    intervalMs: intervals[Math.ceil(intervals.length * 0.95) - 1] ?? 0,
    longestMs: intervals.at(-1) ?? 0,
    workMs: busy.length > 0 ? busy.reduce((sum, each) => sum + each, 0) / busy.length : 0,
    longTasks,
  };
}

/** Measures frames while a component is shown; a new report twice a second. */
export function useFrameMeter(): FrameReport | undefined {
  const [report, setReport] = useState<FrameReport>();
  useEffect(() => {
    let begun: number[] = [];
    let busy: number[] = [];
    let longTasks = 0;
    const observer = new PerformanceObserver((list) => {
      longTasks += list.getEntries().length;
    });
    observer.observe({ type: "longtask" });
    // A message is handled right after the frame was drawn: what lies between is the work of the frame.
    const after = new MessageChannel();
    after.port1.onmessage = ({ data }) => busy.push(performance.now() - Number(data));
    let frame = requestAnimationFrame(function onFrame(at) {
      begun.push(at);
      after.port2.postMessage(performance.now());
      frame = requestAnimationFrame(onFrame);
    });
    const timer = setInterval(() => {
      const from = performance.now() - WINDOW_MS;
      begun = begun.filter((at) => at > from);
      busy = busy.slice(-begun.length);
      setReport(reportOf(begun, busy, longTasks));
    }, 500);
    return () => {
      cancelAnimationFrame(frame);
      clearInterval(timer);
      observer.disconnect();
      after.port1.close();
    };
  }, []);
  return report;
}
