// Dein Bauplan, Zeile für Zeile: welche Form, wo, wie groß, welche Farbe || Your plan, line by line: which shape, where, how big, which colour
const bauplan = [
{{plan}}
];

function setup() {
  createCanvas({{width}}, {{height}});
  // Mit derselben Zahl wird das Bild jedes Mal gleich || The same number makes the same picture each time
  randomSeed({{seed}});
}

function draw() {
  zeit = frameCount * 0.02 * tempo;
  background(grundFarbe);
  bauplan.forEach(maleTeil);
}

// Jeder Teil atmet ein wenig || Each part breathes a little
function maleTeil(teil, nummer) {
  push();
  translate(teil.x, teil.y);
  scale(1 + sin(zeit + nummer) * 0.02);
  noStroke();
  fill(teil.farbe);
  if (teil.form === "kreis") circle(0, 0, teil.groesse);
  else if (teil.form === "ellipse") ellipse(0, 0, teil.groesse, teil.groesse * 0.6);
  else if (teil.form === "quadrat") square(-teil.groesse / 2, -teil.groesse / 2, teil.groesse);
  else if (teil.form === "rechteck") rect(-teil.groesse / 2, -teil.groesse * 0.3, teil.groesse, teil.groesse * 0.6);
  else if (teil.form === "dreieck") triangle(0, -teil.groesse / 2, -teil.groesse / 2, teil.groesse / 2, teil.groesse / 2, teil.groesse / 2);
  else {
    stroke(teil.farbe);
    strokeWeight(8);
    line(-teil.groesse / 2, 0, teil.groesse / 2, 0);
  }
  pop();
}
