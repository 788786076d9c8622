/**
 * Making a photo smaller before it travels, to the size that is kept anyway; what is lost with that travels beside it:
 * when it was taken, and the SHA-256 of the camera's file.
 */

import { say } from "../outbox/words.js";
import { element } from "./dom.js";

const LONGEST_SIDE = 1600;
const QUALITY = 0.88;
const HEAD = 256 * 1024; // the first bytes of a JPEG, in which its Exif stands

/** { blob, takenAt, sha256 }: `takenAt` as text with a zone, or null; `sha256` of the file, empty where it is sent itself. */
export async function shrink(file) {
  const blob = await smaller(file);
  if (blob === file) return { blob, takenAt: null, sha256: "" };
  return { blob, takenAt: await takenAt(file), sha256: await digest(file) };
}

/** The file itself where it is small enough or the browser cannot read it (HEIC outside Safari), else an upright JPEG. */
async function smaller(file) {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const scale = LONGEST_SIDE / Math.max(image.naturalWidth, image.naturalHeight);
    if (scale >= 1) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    return blob || file;
  } catch {
    return file; // the server looks at it, and says what is wrong with it
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** A picture to look at; words in its place where the browser cannot show it. */
export function preview(blob, alt) {
  const image = element("img");
  image.alt = alt;
  image.addEventListener("error", () => image.replaceWith(element("p", "soft", say("photo_unseen"))));
  image.src = URL.createObjectURL(blob);
  return image;
}

async function digest(file) {
  if (!globalThis.crypto?.subtle) return ""; // a page without TLS
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** DateTimeOriginal of a JPEG with its offset; the phone's own zone where it names none (Exif 3.0, 4.6.5 and 4.6.6). */
async function takenAt(file) {
  try {
    return readTakenAt(new DataView(await file.slice(0, HEAD).arrayBuffer()));
  } catch {
    return null; // cut off or none of it
  }
}

const EXIF_IFD = 0x8769;
const TAKEN = 0x9003;
const OFFSET = 0x9011;

export function readTakenAt(view) {
  const start = exifStart(view);
  if (start === null) return null;
  const isLittle = view.getUint16(start) === 0x4949;
  const entries = (at) => {
    const found = new Map();
    for (let index = 0; index < view.getUint16(start + at, isLittle); index += 1) {
      const entry = start + at + 2 + 12 * index;
      found.set(view.getUint16(entry, isLittle), { count: view.getUint32(entry + 4, isLittle), at: entry + 8 });
    }
    return found;
  };
  const value = ({ at }) => view.getUint32(at, isLittle);
  const text = (entry) => {
    const at = entry.count > 4 ? start + value(entry) : entry.at;
    return Array.from({ length: entry.count - 1 }, (_, index) => String.fromCharCode(view.getUint8(at + index))).join("");
  };
  const pointer = entries(value({ at: start + 4 })).get(EXIF_IFD);
  if (!pointer) return null;
  const exif = entries(value(pointer));
  if (!exif.has(TAKEN)) return null;
  const [, date, time] = text(exif.get(TAKEN)).match(/^(\d{4}:\d\d:\d\d) (\d\d:\d\d:\d\d)$/) || [];
  if (!date) return null;
  const offset = exif.has(OFFSET) ? text(exif.get(OFFSET)).match(/^[+-]\d\d:\d\d$/)?.[0] || "" : "";
  const taken = new Date(`${date.replaceAll(":", "-")}T${time}${offset}`);
  return Number.isNaN(taken.getTime()) ? null : taken.toISOString();
}

/** Where the TIFF header of the Exif segment begins; null without one. */
function exifStart(view) {
  if (view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 4 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
    if ((marker & 0xff00) !== 0xff00 || marker === 0xffda) return null;
  }
  return null;
}
