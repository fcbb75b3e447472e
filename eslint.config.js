// The pages' scripts are modules without globals; see docs/developers.md.

import js from "@eslint/js";
import globals from "globals";

export default [
  {
    // Another's; and fragments of which the engine puts sketches together: no program by themselves.
    ignores: ["static/vendor/", "**/p5/sketches/", ".venv/", "var/", "exports/"],
  },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "complexity": ["error", 15],
      "eqeqeq": ["error", "always", { null: "ignore" }],
      "max-lines": ["error", 200],
      "no-duplicate-imports": "error",
      "no-implicit-globals": "error",
      "no-shadow": ["error", { builtinGlobals: false }],
      "no-unused-vars": ["error", { varsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_", argsIgnorePattern: "^_" }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "sort-imports": ["error", { ignoreDeclarationSort: true, ignoreCase: true }],
    },
  },
  { files: ["static/js/**"], languageOptions: { globals: globals.browser } },
  { files: ["static/js/sketch/**"], languageOptions: { sourceType: "script" } },
  { files: ["*.config.js"], languageOptions: { globals: globals.nodeBuiltin } },
  { files: ["ai4artsed/tests/js/**"], languageOptions: { globals: globals.nodeBuiltin }, rules: { "max-lines": ["error", 400] } },
];
