/** Keeps calls below a rate: a bucket that fills steadily and gives one call a token. Knows time only by its clock. */
import type { Clock } from "../../ports/clock.ts";

export class TokenBucket {
  private readonly perMinute: number;
  private readonly capacity: number;
  private readonly clock: Clock;
  private tokens: number;
  private filledAt: number;

  /** `burst` calls may come at once after a pause. */
  constructor(perMinute: number, burst: number, clock: Clock) {
    this.perMinute = perMinute;
    this.capacity = Math.max(1, burst);
    this.clock = clock;
    this.tokens = this.capacity;
    this.filledAt = clock.now().getTime();
  }

  /** Waits for a token and takes it. */
  async take(signal: AbortSignal): Promise<void> {
    this.fill();
    if (this.tokens < 1) {
      await this.clock.sleep(Math.ceil(((1 - this.tokens) / this.perMinute) * 60_000), signal);
      this.fill();
    }
    this.tokens -= 1;
  }

  private fill(): void {
    const now = this.clock.now().getTime();
    this.tokens = Math.min(this.capacity, this.tokens + ((now - this.filledAt) / 60_000) * this.perMinute);
    this.filledAt = now;
  }
}
