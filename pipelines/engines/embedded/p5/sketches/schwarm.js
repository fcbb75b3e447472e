const schwarm = [];

function setup() {
  createCanvas({{width}}, {{height}});
  // Mit derselben Zahl wird das Bild jedes Mal gleich || The same number makes the same picture each time
  randomSeed({{seed}});
  noiseSeed({{seed}});
  for (let nummer = 0; nummer < anzahl; nummer += 1) {
    schwarm.push({
      x: random(width),
      y: random(height),
      groesse: random(0.22, 0.5),
      eile: random(0.6, 1.4),
      farbe: random(farben),
    });
  }
  sammleWetter();
}

function draw() {
  zeit = frameCount * 0.02 * tempo;
  maleVerlauf(himmelOben, himmelUnten, height);
  maleLicht(lichtX, 210, 170);
  maleSpuren();
  schwarm.forEach(bewege);
  schwarm.forEach(maleEines);
  maleFiguren();
  maleWetter();
}

// Alle folgen einem unsichtbaren Wind || All follow an invisible wind
function bewege(eines) {
  const richtung = noise(eines.x * 0.0025, eines.y * 0.0025, zeit * 0.1) * TWO_PI * 2;
  eines.x = (eines.x + (cos(richtung) + 0.7) * eines.eile * tempo + width) % width;
  eines.y = (eines.y + sin(richtung) * eines.eile * tempo + height) % height;
}

function maleEines(eines) {
  push();
  translate(eines.x, eines.y);
  scale(eines.groesse);
  rotate(sin(zeit * 2 + eines.x * 0.02) * 0.25);
  noStroke();
  {{member}}(eines.farbe);
  pop();
}

// So läuft der Wind: feine Linien || This is how the wind goes: fine lines
function maleSpuren() {
  const linie = color(hellFarbe);
  linie.setAlpha(60);
  stroke(linie);
  strokeWeight(2);
  for (let x = 20; x < width; x += 56) {
    for (let y = 20; y < height; y += 56) {
      const richtung = noise(x * 0.0025, y * 0.0025, zeit * 0.1) * TWO_PI * 2;
      line(x, y, x + cos(richtung) * 30, y + sin(richtung) * 30);
    }
  }
  noStroke();
}
