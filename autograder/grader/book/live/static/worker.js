// Python in a worker: it loads Pyodide, NumPy and the course's wheel, and then checks what it is
// sent. A page that wants to stop it ends the worker.
import { loadPyodide } from "./pyodide/pyodide.mjs";

let page;

async function start(wheel) {
  const python = await loadPyodide({ packages: ["numpy"] });
  const response = await fetch(wheel);
  if (!response.ok) throw new Error(`${wheel} was answered with ${response.status}`);
  python.unpackArchive(await response.arrayBuffer(), "wheel");
  return python.pyimport("autograder.page").Page();
}

onmessage = async ({ data }) => {
  let started = false;
  try {
    page ??= start(data.wheel);
    const checks = await page;
    started = true;
    postMessage({ found: JSON.parse(checks[data.wanted](data.asked)) });
  } catch (error) {
    // Of a traceback the last line says what there is to say.
    const failed = String(error?.message ?? error).trim().split("\n").at(-1).slice(0, 300);
    postMessage({ failed, started });
  }
};
