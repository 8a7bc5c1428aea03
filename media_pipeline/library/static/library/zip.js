/** A zip of files as they are (photos do not shrink any more), written piece by piece.
    https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT */
const VERSION = 20, VERSION_64 = 45, UTF8 = 0x0800;
const MAX_UINT32 = 0xffffffff;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes) {
  let value = MAX_UINT32;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ MAX_UINT32) >>> 0;
}

/** Little-endian numbers of so many bytes each: record([4, 0x04034b50], [2, 20]). */
function record(...fields) {
  const length = fields.reduce((sum, [size]) => sum + size, 0), view = new DataView(new ArrayBuffer(length));
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else if (size === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += size;
  }
  return new Uint8Array(view.buffer);
}

const dosTime = (date) => (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1);
const dosDate = (date) => (Math.max(0, date.getFullYear() - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate();

export class Zip {
  #write;
  #offset = 0;
  #entries = [];

  /** `write` takes each piece, a Uint8Array, in order, and may answer with a promise. */
  constructor(write) {
    this.#write = write;
  }

  async #put(...pieces) {
    for (const piece of pieces) {
      await this.#write(piece);
      this.#offset += piece.length;
    }
  }

  /** Files under 4 GB; their number and their sum may be larger. */
  async add(name, bytes, date = new Date()) {
    const encoded = new TextEncoder().encode(name), offset = this.#offset;
    const facts = [
      [2, UTF8], [2, 0], [2, dosTime(date)], [2, dosDate(date)],
      [4, crc32(bytes)], [4, bytes.length], [4, bytes.length], [2, encoded.length],
    ];
    await this.#put(record([4, 0x04034b50], [2, VERSION], ...facts, [2, 0]), encoded, bytes);
    this.#entries.push({ encoded, facts, offset });
  }

  async close() {
    const start = this.#offset;
    for (const { encoded, facts, offset } of this.#entries) {
      const is64 = offset >= MAX_UINT32, extra = is64 ? record([2, 1], [2, 8], [8, offset]) : new Uint8Array();
      const version = is64 ? VERSION_64 : VERSION;
      const header = record(
        [4, 0x02014b50], [2, version], [2, version], ...facts, [2, extra.length],
        [2, 0], [2, 0], [2, 0], [4, 0], [4, is64 ? MAX_UINT32 : offset],
      );
      await this.#put(header, encoded, extra);
    }
    const end = this.#offset, size = end - start, count = this.#entries.length, is64 = end >= MAX_UINT32;
    if (is64) {
      await this.#put(
        record(
          [4, 0x06064b50], [8, 44], [2, VERSION_64], [2, VERSION_64], [4, 0], [4, 0],
          [8, count], [8, count], [8, size], [8, start],
        ),
        record([4, 0x07064b50], [4, 0], [8, end], [4, 1]),
      );
    }
    const short = (value) => (is64 ? MAX_UINT32 : value);
    const fields = [[2, 0], [2, 0], [2, count], [2, count], [4, short(size)], [4, short(start)], [2, 0]];
    await this.#put(record([4, 0x06054b50], ...fields));
  }
}

/** Names that every system can unpack, each once: a.jpg, a (2).jpg. */
export function uniqueNames() {
  const taken = new Set();
  return (wanted) => {
    // oxlint-disable-next-line no-control-regex -- control characters are just what must not be in a name
    const clean = wanted.replace(/[\\/:*?"<>|\u0000-\u001f\u007f]/g, "_").replace(/^[. ]+|[. ]+$/g, "") || "photo";
    const dot = clean.lastIndexOf(".");
    const [stem, end] = dot > 0 ? [clean.slice(0, dot), clean.slice(dot)] : [clean, ""];
    let name = clean;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) name = `${stem} (${number})${end}`;
    taken.add(name.toLowerCase());
    return name;
  };
}
