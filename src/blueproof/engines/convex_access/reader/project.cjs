// The files of a folder as the compiler reads them: syntax and names, no packages, nothing run.
const fs = require("node:fs");
const path = require("node:path");
const ts = require("typescript");

const SOURCE = /\.[cm]?[jt]sx?$/;
const TEST = /\.(?:test|spec|setup)\.[cm]?[jt]sx?$|(?:^|\/)(?:tests?|__tests__|_generated|node_modules)\//;
const ENDINGS = ["", ".ts", ".tsx", ".js", ".mjs", ".jsx", "/index.ts", "/index.js"];

function filesOf(folder, below = "") {
  return fs.readdirSync(path.join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(below, entry.name);
    if (entry.isDirectory()) {
      return /^(?:node_modules|_generated|\..*)$/.test(entry.name) ? [] : filesOf(folder, name);
    }
    return entry.isFile() && SOURCE.test(name) && !name.endsWith(".d.ts") ? [name] : [];
  });
}

function resolved(folder, name, from) {
  const top = path.dirname(folder);
  const places = name.startsWith(".") ? [path.resolve(path.dirname(from), name)]
    : /^[@~]\//.test(name) ? [path.join(top, name.slice(2)), path.join(top, "src", name.slice(2))]
    : name.startsWith("convex/") ? [path.join(top, name)] : [];
  const asSource = places.flatMap((at) => [at, at.replace(/\.[cm]?js$/, "")]);
  for (const at of asSource.flatMap((each) => ENDINGS.map((ending) => each + ending))) {
    if (SOURCE.test(at) && !at.includes("/_generated/") && fs.existsSync(at) && fs.statSync(at).isFile()) return at;
  }
  return undefined;
}

function opened(folder) {
  const names = filesOf(folder).filter((name) => !TEST.test(name) && !/(?:^|\/)\./.test(name));
  const options = {
    allowJs: true, noLib: true, types: [], jsx: ts.JsxEmit.Preserve,
    module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext,
  };
  const host = ts.createCompilerHost(options, true);
  host.resolveModuleNameLiterals = (literals, from) => literals.map(({ text }) => {
    const file = resolved(folder, text, from);
    const extension = file && (path.extname(file) === ".mjs" ? ".mjs" : path.extname(file));
    return { resolvedModule: file && { resolvedFileName: file, extension, isExternalLibraryImport: false } };
  });
  const program = ts.createProgram(names.map((name) => path.join(folder, name)), options, host);
  const own = names.map((name) => program.getSourceFile(path.join(folder, name))).filter(Boolean);
  return { ts, folder, program, checker: program.getTypeChecker(), own };
}

function place(project, node) {
  const file = node.getSourceFile();
  const { line } = file.getLineAndCharacterOfPosition(node.getStart());
  return {
    file: path.relative(project.folder, file.fileName).split(path.sep).join("/"),
    line: line + 1, start: node.getStart(), end: node.getEnd(),
    text: node.getText().replace(/\s+/g, " ").slice(0, 120),
  };
}

module.exports = { opened, place, ts };
