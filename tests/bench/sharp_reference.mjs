// The reference: the same outputs in Node's sharp as its design has them, every one from a decode of its own.
// A line of JSON in, {"path", "out"}; one out. SHARP names the folder that npm installed it into.
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { createRequire } from "node:module";

const sharp = createRequire(path.join(process.env.SHARP, "package.json"))("sharp");
sharp.cache(false);

const thumbnail = (data, size) =>
  sharp(data).resize(size, size, { fit: "inside", withoutEnlargement: true }).jpeg({ quality: 80 }).toBuffer();

async function job(data) {
  const [t150, t300, t600] = await Promise.all([150, 300, 600].map((size) => thumbnail(data, size)));
  const jpeg = await sharp(data).jpeg({ quality: 85, progressive: true, mozjpeg: true }).toBuffer();
  const webp = await sharp(data).webp({ quality: 85, effort: 6 }).toBuffer();
  await sharp(data).metadata();
  return { t150, t300, t600, jpeg, webp };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  const data = fs.readFileSync(order.path);
  fs.writeFileSync("/proc/self/clear_refs", "5");
  const before = process.cpuUsage();
  const made = await job(data);
  const used = process.cpuUsage(before);
  const peak = Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1]) / 1024;
  const bytes = {};
  for (const [name, content] of Object.entries(made)) {
    fs.writeFileSync(path.join(order.out, name), content);
    bytes[name] = content.length;
  }
  console.log(JSON.stringify({ seconds: (used.user + used.system) / 1e6, megabytes: peak, bytes }));
}
