// Python in a worker: it loads Pyodide, NumPy and the course's wheel, and then checks what it is
// sent. A page that wants to stop it ends the worker.
import { loadPyodide } from "./pyodide/pyodide.mjs";

let page;

async function start(wheel) {
  const python = await loadPyodide({ packages: ["numpy"] });
  const response = await fetch(wheel);
  if (!response.ok) throw new Error(`${wheel} was answered with ${response.status}`);
  python.unpackArchive(await response.arrayBuffer(), "wheel");
  const module = python.pyimport("autograder.page");
  return module.Page();
}

onmessage = async ({ data }) => {
  try {
    page ??= start(data.wheel);
    const found = (await page)[data.wanted](data.asked);
    postMessage({ found: JSON.parse(found) });
  } catch (error) {
    postMessage({ failed: String(error.message ?? error) });
  }
};
