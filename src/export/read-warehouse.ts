/**
 * Reading the warehouse without repeating what it says about values. A database quotes the value that it could not convert;
 * in an audience that value is somebody's address. Only messages about names are passed on.
 */
import { diagnose, type Outcome } from "../core/diagnostic.ts";
import type { Span } from "../core/span.ts";
import { EngineError } from "../ports/engine.ts";

/** The value, or RT0602 for `model`. An interrupted statement and errors that are not the warehouse's are thrown on. */
export async function readWarehouse<T>(model: string, span: Span, read: () => Promise<T>): Promise<Outcome<T | undefined>> {
  try {
    return { value: await read(), diagnostics: [] };
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind === "interrupted" || error.kind === "fatal") throw error;
    return { value: undefined, diagnostics: [diagnose("RT0602", { model, why: `reading it failed (${describe(error)})` }, { span })] };
  }
}

function describe(error: EngineError): string {
  switch (error.kind) {
    case "syntax":
    case "column":
    case "relation":
    case "space":
      return error.message;
    case "conversion":
      return "a value cannot be converted; `retain show` of the model says more";
    default:
      return "the database refused; `retain show` of the model says more";
  }
}
