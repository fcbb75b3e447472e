const sterne = [];
const bahnen = [];

function setup() {
  createCanvas({{width}}, {{height}});
  // Mit derselben Zahl wird das Bild jedes Mal gleich || The same number makes the same picture each time
  randomSeed({{seed}});
  for (let nummer = 0; nummer < sterneAnzahl; nummer += 1) {
    sterne.push({ x: random(width), y: random(height), groesse: random(1, 4), takt: random(10) });
  }
  for (let nummer = 0; nummer < planetenAnzahl; nummer += 1) {
    bahnen.push({
      weite: 150 + nummer * 62,
      winkel: random(TWO_PI),
      tempo: random(0.15, 0.5) / (nummer + 1),
      groesse: random(18, 48),
      farbe: random(farben),
    });
  }
  sammleWetter();
}

function draw() {
  zeit = frameCount * 0.02 * tempo;
  maleVerlauf(himmelOben, himmelUnten, height);
  maleSterne();
  maleLicht(width / 2, height / 2, 130);
  bahnen.forEach(malePlanet);
  maleFiguren();
  maleWetter();
}

// Sterne funkeln: ihre Größe schwankt || Stars twinkle: their size varies
function maleSterne() {
  noStroke();
  fill(hellFarbe);
  for (const stern of sterne) {
    circle(stern.x, stern.y, stern.groesse + sin(zeit * 3 + stern.takt) * 1.2);
  }
}

// Ein Planet läuft auf einer flachen Bahn um die Mitte || A planet moves around the centre on a flat orbit
function malePlanet(bahn) {
  const winkel = bahn.winkel + zeit * bahn.tempo;
  noFill();
  const linie = color(hellFarbe);
  linie.setAlpha(45);
  stroke(linie);
  strokeWeight(1);
  ellipse(width / 2, height / 2, bahn.weite * 2, bahn.weite * 1.1);
  noStroke();
  const x = width / 2 + cos(winkel) * bahn.weite;
  const y = height / 2 + sin(winkel) * bahn.weite * 0.55;
  fill(bahn.farbe);
  circle(x, y, bahn.groesse);
  const schatten = color(dunkelFarbe);
  schatten.setAlpha(90);
  fill(schatten);
  arc(x, y, bahn.groesse, bahn.groesse, winkel - HALF_PI, winkel + HALF_PI);
}
