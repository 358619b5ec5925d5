/** The upload formats that the file destination writes: one line each. */
import { brazeUpload } from "./braze-upload.ts";
import { criteoUpload } from "./criteo-upload.ts";
import { customerioUpload } from "./customerio-upload.ts";
import { googleUpload } from "./google-upload.ts";
import { iterableUpload } from "./iterable-upload.ts";
import { klaviyoUpload } from "./klaviyo-upload.ts";
import { linkedinUpload } from "./linkedin-upload.ts";
import { metaUpload } from "./meta-upload.ts";
import { microsoftUpload } from "./microsoft-upload.ts";
import { onesignalUpload } from "./onesignal-upload.ts";
import { pinterestUpload } from "./pinterest-upload.ts";
import { snapchatUpload } from "./snapchat-upload.ts";
import { tiktokUpload } from "./tiktok-upload.ts";
import type { UploadFormat } from "./upload-format.ts";
import { xUpload } from "./x-upload.ts";

const formats: readonly UploadFormat[] = [
  metaUpload,
  googleUpload,
  tiktokUpload,
  snapchatUpload,
  pinterestUpload,
  linkedinUpload,
  xUpload,
  microsoftUpload,
  criteoUpload,
  brazeUpload,
  klaviyoUpload,
  iterableUpload,
  customerioUpload,
  onesignalUpload,
];

export const uploadFormats: ReadonlyMap<string, UploadFormat> = new Map(formats.map((format) => [format.name, format]));
