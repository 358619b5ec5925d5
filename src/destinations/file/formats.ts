/** The upload formats that the file destination writes: one line each. */
import { metaUpload } from "./meta-upload.ts";
import type { UploadFormat } from "./upload-format.ts";

export const uploadFormats: ReadonlyMap<string, UploadFormat> = new Map([metaUpload].map((format) => [format.name, format]));
