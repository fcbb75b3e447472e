// maleTier: Ein Tier: Bauch, Kopf, Ohren, Beine || An animal: belly, head, ears, legs
function maleTier(farbe) {
  fill(farbe);
  for (const x of [-42, -20, 18, 40]) rect(x - 7, 20, 14, 58, 6);
  ellipse(0, 5, 130, 76);
  triangle(46, -62, 56, -34, 36, -34);
  triangle(84, -62, 90, -30, 68, -36);
  circle(64, -18, 58);
  noFill();
  stroke(farbe);
  strokeWeight(10);
  bezier(-60, -6, -100, -10, -84, -60, -100, -66 + sin(zeit * 3) * 10);
  noStroke();
  maleAugen(58, -22, 9);
}

// maleVogel: Ein Vogel, dessen Flügel schlagen || A bird whose wings beat
function maleVogel(farbe) {
  fill(farbe);
  ellipse(0, 0, 96, 56);
  triangle(-40, 0, -88, -20, -84, 18);
  circle(46, -20, 46);
  fill(lichtFarbe);
  triangle(66, -26, 96, -16, 66, -10);
  const schlag = sin(zeit * 6) * 46;
  fill(dunkelFarbe);
  triangle(-26, -6, 22, -6, -14, -30 - schlag);
  maleAugen(50, -24, 7);
}

// maleFisch: Ein Fisch mit einem Schwanz, der wedelt || A fish with a tail that wags
function maleFisch(farbe) {
  fill(farbe);
  const wedeln = sin(zeit * 5) * 16;
  triangle(-46, 0, -98, -36 + wedeln, -98, 36 + wedeln);
  ellipse(0, 0, 130, 72);
  fill(hellFarbe);
  ellipse(6, 16, 70, 20);
  fill(dunkelFarbe);
  triangle(-10, -30, 26, -32, -14, -58);
  maleAugen(40, -10, 9);
}

// maleDrache: Ein Drache mit Flügeln, Zacken und Feuer || A dragon with wings, spikes and fire
function maleDrache(farbe) {
  fill(dunkelFarbe);
  const schlag = sin(zeit * 3) * 22;
  triangle(-30, -14, 30, -14, -40, -104 - schlag);
  triangle(-4, -14, 40, -14, 30, -94 - schlag);
  fill(farbe);
  for (const x of [-36, 26]) rect(x - 10, 20, 22, 54, 8);
  triangle(-50, 14, -50, -22, -136, 34 + sin(zeit * 2) * 12);
  ellipse(0, 4, 130, 72);
  ellipse(74, -40, 74, 48);
  triangle(54, -58, 62, -84, 72, -60);
  triangle(38, 0, 80, -24, 46, -44);
  fill(lichtFarbe);
  for (let x = -44; x < 40; x += 22) triangle(x - 9, -28, x + 9, -28, x, -50);
  if (sin(zeit) > 0.2) triangle(108, -38, 160 + sin(zeit * 9) * 14, -54, 160, -24);
  maleAugen(78, -48, 9);
}

// maleMensch: Ein Mensch, der winkt || A person who waves
function maleMensch(farbe) {
  stroke(dunkelFarbe);
  strokeWeight(12);
  line(-14, 40, -18, 84);
  line(14, 40, 18, 84);
  stroke(farbe);
  line(-26, -16, -56, 20);
  line(26, -16, 58, -52 + sin(zeit * 4) * 16);
  noStroke();
  fill(farbe);
  rect(-30, -30, 60, 84, 22);
  fill(hautFarbe);
  circle(0, -58, 58);
  fill(dunkelFarbe);
  arc(0, -64, 60, 54, PI, TWO_PI);
  maleAugen(-10, -54, 6);
  maleAugen(12, -54, 6);
}

// maleHaus: Ein Haus mit Tür und Fenstern || A house with a door and windows
function maleHaus(farbe) {
  fill(farbe);
  rect(-80, -50, 160, 130);
  fill(dunkelFarbe);
  triangle(-98, -48, 98, -48, 0, -124);
  rect(-18, 14, 36, 66, 18, 18, 0, 0);
  fill(lichtFarbe);
  for (const x of [-62, 32]) rect(x, -28, 30, 32, 3);
}

// maleTurm: Ein Turm mit Zinnen und Fahne || A tower with battlements and a flag
function maleTurm(farbe) {
  fill(farbe);
  rect(-46, -80, 92, 160);
  for (const x of [-46, -12, 22]) rect(x, -102, 24, 26);
  fill(dunkelFarbe);
  rect(-14, 24, 28, 56, 14, 14, 0, 0);
  rect(-3, -160, 6, 62);
  fill(lichtFarbe);
  rect(-10, -52, 20, 34, 10, 10, 0, 0);
  triangle(3, -160, 3, -126, 52 + sin(zeit * 4) * 8, -143);
}

// maleBaum: Ein Baum mit runder Krone || A tree with a round crown
function maleBaum(farbe) {
  noStroke();
  fill(stammFarbe);
  rect(-10, -6, 20, 88, 5);
  fill(farbe);
  circle(-30, -24, 84);
  circle(32, -22, 80);
  circle(0, -62, 96);
}

// maleTanne: Eine Tanne aus drei Dreiecken || A fir tree made of three triangles
function maleTanne(farbe) {
  noStroke();
  fill(stammFarbe);
  rect(-9, 30, 18, 52);
  fill(farbe);
  triangle(-62, 44, 62, 44, 0, -34);
  triangle(-50, 4, 50, 4, 0, -70);
  triangle(-36, -36, 36, -36, 0, -106);
}

// maleBlume: Eine Blume: sechs Blätter um eine Mitte || A flower: six petals around a centre
function maleBlume(farbe) {
  noStroke();
  fill(stammFarbe);
  rect(-4, -20, 8, 102, 4);
  ellipse(18, 40, 40, 16);
  push();
  translate(0, -30);
  rotate(sin(zeit) * 0.2);
  fill(farbe);
  for (let blatt = 0; blatt < 6; blatt += 1) {
    rotate(TWO_PI / 6);
    ellipse(32, 0, 48, 30);
  }
  fill(lichtFarbe);
  circle(0, 0, 34);
  pop();
}

// maleKaktus: Ein Kaktus mit zwei Armen || A cactus with two arms
function maleKaktus(farbe) {
  noFill();
  stroke(farbe);
  strokeWeight(28);
  line(0, 82, 0, -64);
  strokeWeight(18);
  bezier(0, 20, -50, 20, -46, 0, -46, -28);
  bezier(0, 0, 48, 0, 44, -20, 44, -44);
  noStroke();
}

// maleBoot: Ein Boot mit Segel || A boat with a sail
function maleBoot(farbe) {
  fill(hellFarbe);
  triangle(4, -96, 4, 16, 76, 16);
  fill(lichtFarbe);
  triangle(-6, -74, -6, 16, -58, 16);
  fill(farbe);
  quad(-92, 24, 96, 24, 66, 70, -62, 70);
  fill(stammFarbe);
  rect(-5, -100, 8, 126);
}

// maleAuto: Ein Fahrzeug mit Rädern, die sich drehen || A vehicle with wheels that turn
function maleAuto(farbe) {
  fill(farbe);
  rect(-96, 0, 192, 52, 14);
  quad(-62, 2, 54, 2, 30, -46, -42, -46);
  fill(hellFarbe);
  quad(-48, -4, -6, -4, -6, -36, -36, -36);
  quad(4, -4, 40, -4, 24, -36, 4, -36);
  for (const x of [-54, 54]) {
    fill(dunkelFarbe);
    circle(x, 52, 52);
    push();
    translate(x, 52);
    rotate(zeit * 2);
    fill(lichtFarbe);
    rect(-14, -3, 28, 6);
    rect(-3, -14, 6, 28);
    pop();
  }
}

// maleRakete: Eine Rakete mit flackerndem Feuer || A rocket with a flickering fire
function maleRakete(farbe) {
  rotate(0.35);
  fill(lichtFarbe);
  triangle(-20, 62, 20, 62, 0, 110 + sin(zeit * 10) * 18);
  fill(farbe);
  ellipse(0, 0, 66, 150);
  fill(dunkelFarbe);
  triangle(-26, 24, -26, 70, -60, 78);
  triangle(26, 24, 26, 70, 60, 78);
  fill(hellFarbe);
  circle(0, -20, 32);
}

// maleBallon: Ein Ballon an seiner Schnur || A balloon on its string
function maleBallon(farbe) {
  noFill();
  stroke(hellFarbe);
  strokeWeight(3);
  bezier(0, 30, 14, 56, -14, 76, sin(zeit) * 12, 112);
  noStroke();
  fill(farbe);
  ellipse(0, -24, 92, 112);
  triangle(-9, 38, 9, 38, 0, 26);
  const glanz = color(hellFarbe);
  glanz.setAlpha(150);
  fill(glanz);
  ellipse(-20, -46, 16, 30);
}

// maleSchmetterling: Ein Schmetterling: vier Flügel, die sich öffnen || A butterfly: four wings that open
function maleSchmetterling(farbe) {
  const offen = 0.55 + abs(sin(zeit * 4)) * 0.45;
  fill(farbe);
  for (const seite of [-1, 1]) {
    ellipse(seite * 42 * offen, -24, 72 * offen, 64);
    ellipse(seite * 32 * offen, 26, 52 * offen, 46);
  }
  fill(lichtFarbe);
  for (const seite of [-1, 1]) circle(seite * 44 * offen, -26, 22 * offen);
  fill(dunkelFarbe);
  ellipse(0, 0, 13, 84);
}

// maleStern: Ein Stern mit fünf Zacken || A star with five points
function maleStern(farbe) {
  fill(farbe);
  rotate(sin(zeit) * 0.2);
  beginShape();
  for (let ecke = 0; ecke < 10; ecke += 1) {
    const weite = ecke % 2 ? 34 : 84;
    vertex(sin((ecke * PI) / 5) * weite, -cos((ecke * PI) / 5) * weite);
  }
  endShape(CLOSE);
}

// maleHerz: Ein Herz, das schlägt || A heart that beats
function maleHerz(farbe) {
  scale(1 + pow(max(0, sin(zeit * 4)), 6) * 0.14);
  fill(farbe);
  circle(-30, -22, 74);
  circle(30, -22, 74);
  triangle(-63, -4, 63, -4, 0, 78);
}

// maleKuppel: Ein Kuppelwesen mit vielen Armen || A dome with many arms
function maleKuppel(farbe) {
  noFill();
  stroke(farbe);
  strokeWeight(11);
  for (let arm = -3; arm <= 3; arm += 1) {
    bezier(arm * 17, 0, arm * 20, 30, arm * 30 + sin(zeit * 2 + arm) * 18, 50, arm * 24, 88);
  }
  noStroke();
  fill(farbe);
  arc(0, 6, 138, 140, PI, TWO_PI);
  maleAugen(-20, -22, 10);
  maleAugen(22, -22, 10);
}

// maleWesen: Ein Wesen aus Kreisen, denn für dieses Wort gibt es noch keine Form || A being made of circles, for this word has no shape yet
function maleWesen(farbe) {
  fill(farbe);
  for (let kreis = 0; kreis < 9; kreis += 1) {
    const winkel = (kreis / 9) * TWO_PI + zeit * 0.3;
    circle(cos(winkel) * 44, sin(winkel) * 44, 52 + sin(zeit * 2 + kreis) * 10);
  }
  circle(0, 0, 100);
  maleAugen(-18, -10, 12);
  maleAugen(20, -10, 12);
}

// maleAugen: Ein Auge || An eye
function maleAugen(x, y, groesse) {
  noStroke();
  fill("#ffffff");
  circle(x, y, groesse * 2);
  fill("#1e1c19");
  circle(x + sin(zeit) * groesse * 0.3, y, groesse);
}
