const huegel = [];
const pflanzen = [];
const wolken = [];

function setup() {
  createCanvas({{width}}, {{height}});
  // Mit derselben Zahl wird das Bild jedes Mal gleich || The same number makes the same picture each time
  randomSeed({{seed}});
  noiseSeed({{seed}});
  for (let nummer = 0; nummer < 3; nummer += 1) {
    huegel.push({ y: 440 + nummer * 95, wellen: random(0.002, 0.006), start: random(1000) });
  }
  for (let nummer = 0; nummer < pflanzenAnzahl; nummer += 1) {
    const tiefe = random();
    pflanzen.push({ x: random(width), y: 520 + tiefe * 250, groesse: 0.4 + tiefe * 0.7 });
  }
  pflanzen.sort((eine, andere) => eine.y - andere.y);
  for (let nummer = 0; nummer < 5; nummer += 1) {
    wolken.push({ x: random(width), y: random(60, 300), tempo: random(0.1, 0.4), breite: random(90, 190) });
  }
  sammleWetter();
}

function draw() {
  zeit = frameCount * 0.02 * tempo;
  maleVerlauf(himmelOben, himmelUnten, 600);
  if (esIstNacht) maleSterne();
  maleLicht(lichtX, 170, 110);
  maleWolken();
  for (const einHuegel of huegel) maleHuegel(einHuegel);
  for (const pflanze of pflanzen) malePflanze(pflanze);
  maleFiguren();
  maleWetter();
}

// Ein Hügel ist eine Wellenlinie, die bis unten gefüllt ist || A hill is a wavy line, filled to the bottom
function maleHuegel(einHuegel) {
  fill(landFarben[huegel.indexOf(einHuegel)]);
  beginShape();
  vertex(0, height);
  for (let x = 0; x <= width; x += 20) {
    const hoehe = noise(einHuegel.start + x * einHuegel.wellen) * {{steepness}};
    vertex(x, einHuegel.y + 90 - hoehe);
  }
  vertex(width, height);
  endShape(CLOSE);
}

function malePflanze(pflanze) {
  push();
  translate(pflanze.x, pflanze.y);
  scale(pflanze.groesse);
  rotate(sin(zeit + pflanze.x) * 0.03);
  {{plant}}(pflanzenFarbe);
  pop();
}

function maleWolken() {
  const weiss = color(hellFarbe);
  weiss.setAlpha(150);
  fill(weiss);
  for (const wolke of wolken) {
    const x = ((wolke.x + frameCount * wolke.tempo * tempo) % (width + 300)) - 150;
    ellipse(x, wolke.y, wolke.breite, wolke.breite * 0.3);
    ellipse(x + wolke.breite * 0.2, wolke.y - wolke.breite * 0.12, wolke.breite * 0.5, wolke.breite * 0.32);
  }
}

function maleSterne() {
  fill(hellFarbe);
  for (let nummer = 0; nummer < 70; nummer += 1) {
    const x = noise(nummer * 7) * 1400 - 300;
    const y = noise(nummer * 13 + 50) * 700 - 150;
    circle(x, y, 2 + sin(zeit * 2 + nummer) * 1.2);
  }
}
