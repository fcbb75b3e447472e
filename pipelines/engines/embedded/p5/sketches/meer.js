const blasen = [];
const wellen = [];
const halme = [];

function setup() {
  createCanvas({{width}}, {{height}});
  // Mit derselben Zahl wird das Bild jedes Mal gleich || The same number makes the same picture each time
  randomSeed({{seed}});
  noiseSeed({{seed}});
  for (let nummer = 0; nummer < 45; nummer += 1) {
    blasen.push({ x: random(width), y: random(height), groesse: random(4, 22), tempo: random(0.4, 1.5) });
  }
  for (let nummer = 0; nummer < 7; nummer += 1) {
    wellen.push({ y: wasserLinie + nummer * nummer * 11, hoehe: 8 + nummer * 3, verschoben: random(100) });
  }
  for (let nummer = 0; nummer < 26; nummer += 1) {
    halme.push({ x: random(width), laenge: random(60, 210) });
  }
  sammleWetter();
}

function draw() {
  zeit = frameCount * 0.02 * tempo;
  maleVerlauf(himmelOben, himmelUnten, height);
  if (wasserLinie > 100) maleLicht(lichtX, 160, 120);
  wellen.forEach(maleWelle);
  maleHalme();
  maleFiguren();
  maleBlasen();
  maleWetter();
}

// Jede Welle ist eine Sinuskurve, vorne höher und dunkler || Each wave is a sine curve, higher and darker in front
function maleWelle(welle, nummer) {
  const farbe = lerpColor(color(landFarben[0]), color(landFarben[2]), nummer / wellen.length);
  farbe.setAlpha(190);
  fill(farbe);
  beginShape();
  vertex(0, height);
  for (let x = 0; x <= width; x += 16) {
    vertex(x, welle.y + sin(x * 0.012 + zeit + welle.verschoben) * welle.hoehe);
  }
  vertex(width, height);
  endShape(CLOSE);
}

// Halme am Grund wiegen sich in der Strömung || Stalks on the ground sway in the current
function maleHalme() {
  noFill();
  stroke(pflanzenFarbe);
  strokeWeight(7);
  for (const halm of halme) {
    const neigung = sin(zeit + halm.x * 0.02) * 26;
    bezier(halm.x, height, halm.x, height - halm.laenge / 2, halm.x + neigung, height - halm.laenge * 0.7, halm.x + neigung, height - halm.laenge);
  }
  noStroke();
}

function maleBlasen() {
  noFill();
  stroke(hellFarbe);
  strokeWeight(2);
  for (const blase of blasen) {
    const y = height - ((blase.y + frameCount * blase.tempo * tempo) % (height - wasserLinie));
    circle(blase.x + sin(zeit + blase.y) * 10, y, blase.groesse);
  }
  noStroke();
}
