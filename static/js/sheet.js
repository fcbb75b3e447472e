// The sheet for the wall: the one thing that needs a script is to begin printing.

document.getElementById("print")?.addEventListener("click", () => print());
