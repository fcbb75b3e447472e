const haeuser = [];

function setup() {
  createCanvas({{width}}, {{height}});
  // Mit derselben Zahl wird das Bild jedes Mal gleich || The same number makes the same picture each time
  randomSeed({{seed}});
  noiseSeed({{seed}});
  for (let reihe = 0; reihe < 3; reihe += 1) {
    for (let x = -40 - reihe * 25; x < width; ) {
      const breite = random(80, 150);
      const hoehe = random(120, 330) - reihe * 45;
      haeuser.push({ x, boden: 560 + reihe * 70, breite, hoehe, reihe, dach: random() < 0.55, nummer: haeuser.length });
      x += breite + random(4, 24);
    }
  }
  sammleWetter();
}

function draw() {
  zeit = frameCount * 0.02 * tempo;
  maleVerlauf(himmelOben, himmelUnten, 640);
  maleLicht(lichtX, 140, 90);
  haeuser.forEach(maleEinHaus);
  maleStrasse();
  maleFiguren();
  maleWetter();
}

// Ein Haus: eine Wand, ein Dach, viele Fenster || A house: a wall, a roof, many windows
function maleEinHaus(haus) {
  const oben = haus.boden - haus.hoehe;
  fill(lerpColor(color(landFarben[haus.reihe]), color(farben[haus.nummer % farben.length]), 0.2 + haus.reihe * 0.15));
  rect(haus.x, oben, haus.breite, haus.hoehe + 200);
  if (haus.dach) triangle(haus.x - 8, oben, haus.x + haus.breite / 2, oben - 55, haus.x + haus.breite + 8, oben);
  for (let x = haus.x + 14; x < haus.x + haus.breite - 22; x += 30) {
    for (let y = oben + 18; y < haus.boden - 24; y += 40) maleFenster(x, y);
  }
}

// In manchen Fenstern geht das Licht an und aus || In some windows the light goes on and off
function maleFenster(x, y) {
  const hell = noise(x * 0.3, y * 0.3, zeit * 0.15) > lichterWeniger;
  fill(hell ? lichtFarbe : dunkelFarbe);
  rect(x, y, 15, 22, 2);
}

function maleStrasse() {
  fill(dunkelFarbe);
  rect(0, 700, width, 100);
  fill(hellFarbe);
  for (let x = -80; x < width; x += 100) rect(x + ((frameCount * 0.5 * tempo) % 100), 746, 46, 7);
}
