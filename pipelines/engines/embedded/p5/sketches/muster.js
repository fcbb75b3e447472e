// Jeder Ring ist ein Wort: so viele Formen, wie es Buchstaben hat || Each ring is a word: as many shapes as it has letters
const ringe = {{rings}};

function setup() {
  createCanvas({{width}}, {{height}});
  // Mit derselben Zahl wird das Bild jedes Mal gleich || The same number makes the same picture each time
  randomSeed({{seed}});
  for (const ring of ringe) ring.start = random(TWO_PI);
  sammleWetter();
}

function draw() {
  zeit = frameCount * 0.02 * tempo;
  maleVerlauf(himmelOben, himmelUnten, height);
  push();
  translate(width / 2, height / 2);
  ringe.forEach(maleRing);
  pop();
  maleFiguren();
  maleWetter();
}

// Jeder zweite Ring dreht sich andersherum || Every second ring turns the other way
function maleRing(ring, nummer) {
  const weite = 370 - nummer * (330 / ringe.length);
  const formen = ring.wort.length * wiederholung;
  const drehung = ring.start + zeit * (nummer % 2 ? -0.2 : 0.2);
  const groesse = min((weite * TWO_PI) / formen * 0.8, 330 / ringe.length);
  const linie = color(hellFarbe);
  linie.setAlpha(90);
  noFill();
  stroke(linie);
  strokeWeight(2);
  circle(0, 0, weite * 2);
  noStroke();
  for (let nummerForm = 0; nummerForm < formen; nummerForm += 1) {
    push();
    rotate(drehung + (nummerForm / formen) * TWO_PI);
    translate(weite, 0);
    fill(farben[(nummer + nummerForm) % farben.length]);
    maleForm(ring.form, groesse * (1 + sin(zeit * 2 + nummerForm) * 0.12));
    pop();
  }
}

function maleForm(form, groesse) {
  if (form === "kreis") circle(0, 0, groesse);
  else if (form === "quadrat") square(-groesse / 2, -groesse / 2, groesse);
  else triangle(-groesse / 2, groesse / 2, groesse / 2, groesse / 2, 0, -groesse / 2);
}
