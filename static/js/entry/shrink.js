/** Making a photo smaller before it travels: a factory's Wi-Fi is slow, and the server keeps 1600 pixels anyway. */

const LONGEST_SIDE = 2560;
const QUALITY = 0.88;

/**
 * The file as it is when it is small enough or the browser cannot read it (HEIC outside Safari), else an upright JPEG
 * of at most 2560 pixels a side.
 */
export async function shrink(file) {
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
