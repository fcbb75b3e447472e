// „{{words}}“ || “{{words}}”
// Diese Skizze hat die Skizzenwerkstatt nach Regeln aus deinen Wörtern gebaut, ohne KI. || The sketch workshop has built this sketch from your words by rules, without AI.
// Verstanden hat sie: {{understood}} || It has understood: {{understood}}
// Ändere eine Zahl oder eine Farbe und drücke auf „Ausführen“. || Change a number or a colour and press “Run”.
