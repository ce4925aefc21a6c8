// All words of the page: English, German, French.

export const TABLE = {
  // opening
  tagline: ['Edit a face. Nothing else changes.', 'Ein Gesicht bearbeiten. Sonst ändert sich nichts.', 'Retouchez un visage. Rien d’autre ne change.'],
  dropHere: ['Drop a photo here, or paste one', 'Foto hier ablegen oder einfügen', 'Déposez une photo ici, ou collez-la'],
  openPhoto: ['Open a photo', 'Foto öffnen', 'Ouvrir une photo'],
  open: ['Open', 'Öffnen', 'Ouvrir'],
  formats: ['JPEG, PNG, WebP, TIFF, HEIC, AVIF, or a .mien project', 'JPEG, PNG, WebP, TIFF, HEIC, AVIF oder ein .mien-Projekt', 'JPEG, PNG, WebP, TIFF, HEIC, AVIF, ou un projet .mien'],
  samples: ['Or try one of these. None of these people exists.', 'Oder eines von diesen. Keiner dieser Menschen existiert.', 'Ou essayez l’un de ceux-ci. Aucune de ces personnes n’existe.'],
  sample: ['Sample {n}', 'Beispiel {n}', 'Exemple {n}'],
  recent: ['Continue', 'Weiterarbeiten', 'Reprendre'],
  local: ['The photo stays on this computer: it goes only to the mien server that serves this page.', 'Das Foto bleibt auf diesem Rechner: Es geht nur an den mien-Server dieser Seite.', 'La photo reste sur cet ordinateur : elle ne va qu’au serveur mien de cette page.'],
  loading: ['Opening and looking for faces …', 'Wird geöffnet, Gesichter werden gesucht …', 'Ouverture et recherche de visages…'],
  noFace: ['No face was found. Healing works anywhere.', 'Kein Gesicht gefunden. Ausbessern geht überall.', 'Aucun visage trouvé. La retouche fonctionne partout.'],
  gone: ['That session has expired on the server.', 'Diese Sitzung ist auf dem Server abgelaufen.', 'Cette session a expiré sur le serveur.'],
  offline: ['The server does not answer. Is “mien serve” running?', 'Der Server antwortet nicht. Läuft „mien serve“?', 'Le serveur ne répond pas. « mien serve » est-il lancé ?'],
  dropPhoto: ['Open as a new photo', 'Als neues Foto öffnen', 'Ouvrir comme nouvelle photo'],
  dropExemplar: ['Borrow from this face', 'Von diesem Gesicht leihen', 'Emprunter à ce visage'],
  dropReplay: ['Same edits on this photo', 'Gleiche Bearbeitung auf diesem Foto', 'Mêmes retouches sur cette photo'],
  dropGuide: ['Use as guide layer', 'Als Vorlage verwenden', 'Utiliser comme guide'],
  // bar
  undo: ['Undo', 'Rückgängig', 'Annuler'], redo: ['Redo', 'Wiederholen', 'Rétablir'],
  before: ['Before (hold)', 'Vorher (halten)', 'Avant (maintenir)'],
  compare: ['Compare', 'Vergleichen', 'Comparer'], compareAt: ['Border between before and after', 'Grenze zwischen vorher und nachher', 'Limite entre avant et après'],
  download: ['Download', 'Herunterladen', 'Télécharger'], help: ['Help and keys', 'Hilfe und Tasten', 'Aide et touches'],
  language: ['Language', 'Sprache', 'Langue'], theme: ['Light or dark', 'Hell oder dunkel', 'Clair ou sombre'],
  closePhoto: ['Close photo', 'Foto schließen', 'Fermer la photo'], close: ['Close', 'Schließen', 'Fermer'], cancel: ['Cancel', 'Abbrechen', 'Annuler'],
  face: ['Face {n}', 'Gesicht {n}', 'Visage {n}'], faces: ['Faces', 'Gesichter', 'Visages'],
  zoom: ['Zoom', 'Zoom', 'Zoom'], zoomIn: ['Zoom in', 'Vergrößern', 'Agrandir'], zoomOut: ['Zoom out', 'Verkleinern', 'Réduire'], fit: ['Fit', 'Einpassen', 'Ajuster'],
  stage: ['Photo. Arrow keys move it, plus and minus zoom.', 'Foto. Pfeiltasten verschieben, Plus und Minus zoomen.', 'Photo. Les flèches déplacent, plus et moins zooment.'],
  // tools
  tools: ['Tools', 'Werkzeuge', 'Outils'],
  tool_pick: ['Click a part', 'Bereich anklicken', 'Cliquer une zone'], tool_drag: ['Drag points', 'Punkte ziehen', 'Tirer des points'],
  tool_brush: ['Brush', 'Pinsel', 'Pinceau'], tool_eraser: ['Eraser', 'Radierer', 'Gomme'], tool_lasso: ['Lasso', 'Lasso', 'Lasso'],
  tool_fill: ['Fill a part', 'Bereich füllen', 'Remplir une zone'], tool_eyedropper: ['Eyedropper', 'Pipette', 'Pipette'], tool_hand: ['Move the view', 'Ansicht verschieben', 'Déplacer la vue'],
  tasks: ['What to do', 'Aufgabe', 'Tâche'],
  task_color: ['Colour', 'Farbe', 'Couleur'], task_shape: ['Shape', 'Form', 'Forme'], task_heal: ['Heal', 'Retusche', 'Corriger'],
  task_part: ['Borrow', 'Leihen', 'Emprunt'], task_paint: ['Paint', 'Malen', 'Peindre'], task_words: ['Words', 'Worte', 'Mots'],
  // colour
  colorHint: ['Click hair, lips or eyes in the photo, then a colour.', 'Haare, Lippen oder Augen im Foto anklicken, dann eine Farbe.', 'Cliquez cheveux, lèvres ou yeux sur la photo, puis une couleur.'],
  part: ['Part', 'Bereich', 'Zone'], color: ['Colour', 'Farbe', 'Couleur'], otherColor: ['Another colour', 'Andere Farbe', 'Autre couleur'],
  search: ['Find a colour', 'Farbe suchen', 'Chercher une couleur'], asItWas: ['As it was', 'Wie zuvor', 'Comme avant'], fromPhoto: ['From the photo', 'Aus dem Foto', 'De la photo'],
  // shape
  shapeHint: ['Drag a point in the photo, such as a mouth corner.', 'Einen Punkt im Foto ziehen, zum Beispiel einen Mundwinkel.', 'Tirez un point de la photo, par exemple un coin de la bouche.'],
  points: ['{n} points moved', '{n} Punkte bewegt', '{n} points déplacés'], noPoints: ['No points moved', 'Keine Punkte bewegt', 'Aucun point déplacé'], resetPoints: ['Put back', 'Zurücksetzen', 'Remettre'],
  reset: ['Reset {name}', '{name} zurücksetzen', 'Réinitialiser {name}'], mouthEyes: ['Expression', 'Ausdruck', 'Expression'], structure: ['Proportions', 'Proportionen', 'Proportions'],
  // heal
  healHint: ['Paint over a spot, scratch or mole. It heals when the pen lifts.', 'Fleck, Kratzer oder Leberfleck übermalen. Beim Absetzen wird er ausgebessert.', 'Peignez sur une tache ou une rayure. Elle disparaît quand le stylo se lève.'],
  selectPart: ['Add a part', 'Bereich hinzufügen', 'Ajouter une zone'], invert: ['Invert', 'Umkehren', 'Inverser'], grow: ['Grow', 'Erweitern', 'Étendre'], shrink: ['Shrink', 'Verkleinern', 'Réduire'], clear: ['Clear', 'Leeren', 'Vider'],
  healNow: ['Heal the mask', 'Maske ausbessern', 'Corriger le masque'], nothingPainted: ['Nothing is painted yet.', 'Es ist noch nichts gemalt.', 'Rien n’est peint.'],
  // brush
  size: ['Size', 'Größe', 'Taille'], hardness: ['Hardness', 'Härte', 'Dureté'], smoothing: ['Smoothing', 'Glättung', 'Lissage'], tint: ['Colour of the mask', 'Farbe der Maske', 'Couleur du masque'],
  // borrow
  borrowHint: ['Take a part from a face of nobody, or drop a photo of another face here.', 'Einen Bereich von einem erdachten Gesicht nehmen, oder ein Foto eines anderen Gesichts hier ablegen.', 'Prenez une zone d’un visage fictif, ou déposez ici la photo d’un autre visage.'],
  from: ['From', 'Von', 'De'], bank: ['Faces of nobody', 'Erdachte Gesichter', 'Visages fictifs'], exemplar: ['Another photo', 'Anderes Foto', 'Autre photo'],
  borrowOne: ['Borrow', 'Leihen', 'Emprunter'], borrowFour: ['Show four', 'Vier zeigen', 'En montrer quatre'], borrowLook: ['Whole look', 'Ganzer Look', 'Look entier'], next: ['Next', 'Nächstes', 'Suivant'],
  // paint
  layers: ['Layers', 'Ebenen', 'Calques'], showLayer: ['Show {name}', '{name} zeigen', 'Afficher {name}'], opacity: ['Opacity of {name}', 'Deckkraft: {name}', 'Opacité : {name}'],
  weight: ['Weight of {name}', 'Gewicht: {name}', 'Poids : {name}'], paintIn: ['Paint in {name}', 'In {name} malen', 'Peindre dans {name}'], extract: ['Extract from the photo', 'Aus dem Foto gewinnen', 'Extraire de la photo'],
  extracted: ['Sketch, parts and colours are extracted. Paint in them; only what you change counts.', 'Skizze, Bereiche und Farben sind gewonnen. Nur was Sie ändern, zählt.', 'Croquis, zones et couleurs sont extraits. Seul ce que vous changez compte.'],
  apply: ['Run', 'Ausführen', 'Exécuter'], meaning: ['What the brush means', 'Was der Pinsel bedeutet', 'Ce que le pinceau signifie'], brushColor: ['Colour of the brush', 'Farbe des Pinsels', 'Couleur du pinceau'],
  loadGuide: ['Load a picture', 'Bild laden', 'Charger une image'], looks: ['Painted attributes', 'Gemalte Merkmale', 'Attributs peints'],
  paintHint: ['The face may change in the mask, or around your strokes if there is none.', 'Das Gesicht darf sich in der Maske ändern, ohne Maske rund um die Striche.', 'Le visage peut changer dans le masque, sinon autour des traits.'],
  // words
  wordsHint: ['For example: brown hair, a slight smile (in English)', 'Zum Beispiel: brown hair, a slight smile (auf Englisch)', 'Par exemple : brown hair, a slight smile (en anglais)'],
  sentence: ['A sentence', 'Ein Satz', 'Une phrase'], notUnderstood: ['Not understood: {words}', 'Nicht verstanden: {words}', 'Pas compris : {words}'], noWords: ['Write what you wish first.', 'Erst den Wunsch schreiben.', 'Écrivez d’abord votre souhait.'],
  // settings
  settings: ['Settings', 'Einstellungen', 'Réglages'], strength: ['Strength', 'Stärke', 'Force'], seed: ['Seed', 'Startwert', 'Graine'], another: ['Another seed', 'Anderer Startwert', 'Autre graine'],
  four: ['Four candidates', 'Vier Vorschläge', 'Quatre propositions'], identity: ['Keep identity', 'Identität bewahren', 'Garder l’identité'], protect: ['Protect', 'Schützen', 'Protéger'], skinTone: ['Lock skin tone', 'Hautton festhalten', 'Bloquer le teint'],
  automatic: ['Start when the pen lifts', 'Beim Absetzen starten', 'Lancer au lever du stylo'], off: ['off', 'aus', 'non'],
  // result
  result: ['Result', 'Ergebnis', 'Résultat'], noResult: ['What an edit changed is told here.', 'Hier steht, was eine Bearbeitung geändert hat.', 'Ce qu’une retouche a changé est dit ici.'],
  preserved: ['Outside the mask: 0 samples changed', 'Außerhalb der Maske: 0 Werte geändert', 'Hors du masque : 0 valeur changée'], notPreserved: ['Outside the mask: {n} samples changed', 'Außerhalb der Maske: {n} Werte geändert', 'Hors du masque : {n} valeurs changées'],
  maskShare: ['Mask: {share} % of the photo', 'Maske: {share} % des Fotos', 'Masque : {share} % de la photo'], whatChanged: ['What changed', 'Was sich änderte', 'Ce qui a changé'], ofPart: ['{share} % of it', 'zu {share} %', 'à {share} %'],
  clean: ['Measures well: sharpness, grain and seam are as in the photo.', 'Misst sich gut: Schärfe, Korn und Rand wie im Foto.', 'Bonnes mesures : netteté, grain et bord comme la photo.'],
  drift: ['Drift since the photo', 'Abweichung vom Foto', 'Dérive depuis la photo'], measure: ['Measure', 'Messen', 'Mesurer'], took: ['{ms} ms', '{ms} ms', '{ms} ms'],
  working: ['Working …', 'Wird bearbeitet …', 'En cours…'], candidates: ['Candidates', 'Vorschläge', 'Propositions'], candidate: ['Candidate {n}', 'Vorschlag {n}', 'Proposition {n}'], take: ['Take this one', 'Diesen nehmen', 'Prendre celui-ci'],
  // history
  history: ['Steps', 'Schritte', 'Étapes'], original: ['Photo', 'Foto', 'Photo'], step: ['Step {n}: {words}', 'Schritt {n}: {words}', 'Étape {n} : {words}'], branches: ['{n} branches', '{n} Zweige', '{n} branches'],
  changeStep: ['Change this step', 'Diesen Schritt ändern', 'Modifier cette étape'], changingStep: ['Changing step {n}. Later steps are made again.', 'Schritt {n} wird geändert. Spätere Schritte folgen neu.', 'Étape {n} en cours de modification. Les suivantes seront refaites.'], goHere: ['Go to this step', 'Zu diesem Schritt', 'Aller à cette étape'],
  replayOn: ['Same edits on another photo', 'Gleiche Bearbeitung auf anderem Foto', 'Mêmes retouches sur une autre photo'],
  // download
  format: ['Format', 'Format', 'Format'], sameFormat: ['As the photo ({format})', 'Wie das Foto ({format})', 'Comme la photo ({format})'], quality: ['Quality', 'Qualität', 'Qualité'], savePhoto: ['Save the photo', 'Foto speichern', 'Enregistrer la photo'],
  fullSize: ['{w} × {h} pixels, with the photo’s depth, profile and EXIF.', '{w} × {h} Pixel, mit Farbtiefe, Profil und EXIF des Fotos.', '{w} × {h} pixels, avec profondeur, profil et EXIF de la photo.'],
  savedPreserved: ['Saved. Outside the masks every sample is exactly as it was.', 'Gespeichert. Außerhalb der Masken ist jeder Wert genau wie zuvor.', 'Enregistré. Hors des masques, chaque valeur est exactement conservée.'], savedLossy: ['Saved. This format is lossy: for exact samples choose PNG or TIFF.', 'Gespeichert. Dieses Format ist verlustbehaftet; für exakte Werte PNG oder TIFF wählen.', 'Enregistré. Format avec pertes : choisissez PNG ou TIFF pour des valeurs exactes.'],
  more: ['Also', 'Außerdem', 'Aussi'], project: ['Project', 'Projekt', 'Projet'], recipe: ['Recipe', 'Rezept', 'Recette'], receipt: ['Receipt', 'Beleg', 'Reçu'], layersFile: ['Layers', 'Ebenen', 'Calques'],
  // help
  keys: ['Keys', 'Tasten', 'Touches'], how: ['How it works', 'So geht es', 'Comment ça marche'],
  how1: ['Colour: click hair, pick a swatch. The preview is at once, the real result follows.', 'Farbe: Haare anklicken, Farbe wählen. Die Vorschau kommt sofort, dann das echte Ergebnis.', 'Couleur : cliquez les cheveux, choisissez. L’aperçu est immédiat, le vrai résultat suit.'],
  how2: ['Shape: drag a point or move a slider. Moving it again replaces the result.', 'Form: einen Punkt ziehen oder Regler bewegen. Nochmaliges Bewegen ersetzt das Ergebnis.', 'Forme : tirez un point ou un curseur. Le refaire remplace le résultat.'],
  how3: ['Heal: paint over spots. Right button or pen end erases.', 'Ausbessern: Flecken übermalen. Rechte Taste oder Stiftende radiert.', 'Corriger : peignez sur les taches. Bouton droit ou bout du stylo efface.'],
  how4: ['Every edit is a step below the photo. Go back to any of them and branch.', 'Jede Bearbeitung ist ein Schritt unter dem Foto. Von jedem aus geht es anders weiter.', 'Chaque retouche est une étape sous la photo. Revenez à l’une d’elles pour bifurquer.'],
  how5: ['The file is written by the server from the photo itself: pixels outside the mask are exactly as before.', 'Die Datei schreibt der Server aus dem Foto selbst: Pixel außerhalb der Maske bleiben exakt.', 'Le serveur écrit le fichier depuis la photo : les pixels hors du masque sont intacts.'],
  key_size: ['Brush size', 'Pinselgröße', 'Taille du pinceau'], key_hardness: ['Hardness', 'Härte', 'Dureté'], key_pan: ['Move the view', 'Ansicht verschieben', 'Déplacer la vue'], key_line: ['Straight line', 'Gerade Linie', 'Ligne droite'], key_percent: ['100 % to 800 %', '100 % bis 800 %', '100 % à 800 %'], hold: ['hold', 'halten', 'maintenir'],
};
