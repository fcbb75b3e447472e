// Wer im Bild ist: wo, wie groß, in welcher Farbe || Who is in the picture: where, how big, in which colour
const figuren = [{{figures}}];
const wetter = [];

// Ein Verlauf von oben nach unten || A gradient from top to bottom
function maleVerlauf(oben, unten, bisY) {
  for (let y = 0; y < bisY; y += 4) {
    stroke(lerpColor(color(oben), color(unten), y / bisY));
    strokeWeight(5);
    line(0, y, width, y);
  }
  noStroke();
}

// Eine Kugel, die leuchtet: Sonne oder Mond || A ball that glows: sun or moon
function maleLicht(x, y, groesse) {
  noStroke();
  for (let ring = 6; ring > 0; ring -= 1) {
    const schein = color(lichtFarbe);
    schein.setAlpha(26);
    fill(schein);
    circle(x, y, groesse + ring * 22 + sin(zeit + ring) * 8);
  }
  fill(lichtFarbe);
  circle(x, y, groesse);
}

// Regen, Schnee oder nichts || Rain, snow or nothing
function maleWetter() {
  for (const tropfen of wetter) {
    const y = (tropfen.y + frameCount * tropfen.tempo) % height;
    if (wetterArt === "schnee") {
      noStroke();
      fill(hellFarbe);
      circle(tropfen.x + sin(zeit + tropfen.y) * 14, y, tropfen.laenge);
    } else {
      stroke(hellFarbe);
      strokeWeight(2);
      line(tropfen.x, y, tropfen.x - 4, y + tropfen.laenge * 3);
    }
  }
  noStroke();
}

function sammleWetter() {
  const anzahl = wetterArt === "nichts" ? 0 : 120;
  for (let nummer = 0; nummer < anzahl; nummer += 1) {
    const tempo = wetterArt === "schnee" ? random(0.5, 1.6) : random(8, 13);
    wetter.push({ x: random(width), y: random(height), tempo, laenge: random(4, 9) });
  }
}

// Jede Figur wippt ein wenig, jede in ihrem eigenen Takt || Each figure sways a little, at its own pace
function maleFiguren() {
  for (const figur of figuren) {
    push();
    translate(figur.x, figur.y + sin(zeit * 1.5 + figur.x) * figur.wippen);
    scale(figur.groesse);
    noStroke();
    figur.male(figur.farbe);
    pop();
  }
}
