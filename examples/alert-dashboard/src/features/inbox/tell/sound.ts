/** Plays tones; has to be woken by something the reader did, as browsers play nothing before. */
export interface Sound {
  /** Resolves with whether it can be heard. */
  wake(): Promise<boolean>;
  play(kind: "critical" | "normal"): void;
}

/** Tones in the order they sound: hertz, begin and end in seconds. */
const TONES = {
  normal: [{ hertz: 880, from: 0, to: 0.14 }],
  critical: [
    { hertz: 880, from: 0, to: 0.16 },
    { hertz: 1_174, from: 0.18, to: 0.34 },
    { hertz: 880, from: 0.36, to: 0.62 },
  ],
} as const;

const LOUDNESS = 0.16;

/** @param open makes the audio of the page; it is asked for only when a sound is wanted */
export function createSound(open: () => AudioContext = () => new AudioContext()): Sound {
  let audio: AudioContext | undefined;
  return {
    async wake() {
      try {
        audio ??= open();
        await audio.resume();
        return audio.state === "running";
      } catch {
        return false; // a browser without audio, or a reader who has not touched the page
      }
    },
    play(kind) {
      if (audio?.state !== "running") return;
      for (const { hertz, from, to } of TONES[kind]) beep(audio, hertz, from, to);
    },
  };
}

function beep(audio: AudioContext, hertz: number, from: number, to: number): void {
  const start = audio.currentTime + from;
  const end = audio.currentTime + to;
  const loudness = audio.createGain();
  // Ramps, because a tone that begins or ends at once clicks.
  loudness.gain.setValueAtTime(0, start);
  loudness.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
  loudness.gain.setValueAtTime(LOUDNESS, end - 0.04);
  loudness.gain.linearRampToValueAtTime(0, end);
  const tone = audio.createOscillator();
  tone.frequency.value = hertz;
  tone.connect(loudness).connect(audio.destination);
  tone.start(start);
  tone.stop(end);
}
