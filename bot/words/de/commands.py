"""Wozu Befehle da sind: by the English text that stands beside them in the code. A description has
100 letters, the name of a right-click 32, by Discord's limits."""

from __future__ import annotations

from typing import Final

DESCRIPTIONS: Final[dict[str, str]] = {
    # /admin
    "For those who manage this server": "Für die, die diesen Server verwalten",
    "What I withhold here, and where I tell of it": "Was ich hier zurückhalte, und wo ich es sage",
    "Pictures that look more explicit are withheld, 0.1 to 0.95; lower is stricter": (
        "Freizügigere Bilder halte ich zurück, 0.1 bis 0.95; kleiner ist strenger"
    ),
    "Where I tell of members who keep asking for what I do not draw": (
        "Wo ich von Mitgliedern berichte, die immer wieder um Unpassendes bitten"
    ),
    "Go back to how I do it by default": "Zurück zu meiner Vorgabe",
    "limit": "Grenze",
    "channel": "Kanal",
    "both": "beides",
    "Hours in which no training of this server begins": (
        "Stunden, in denen kein Training dieses Servers beginnt"
    ),
    "When they begin, such as 22:00": "Wann sie beginnen, etwa 22:00",
    "When they end, such as 6:30": "Wann sie enden, etwa 6:30",
    "Your time zone, such as Europe/Berlin; days of quotas begin by it, too": (
        "Deine Zeitzone, etwa Europe/Berlin; auch die Tage der Kontingente beginnen danach"
    ),
    "Have no quiet hours any more": "Keine Ruhezeiten mehr",
    "Let a member ask me again here before their break is over": (
        "Ein Mitglied hier wieder bitten lassen, bevor seine Pause um ist"
    ),
    "Who may ask again": "Wer wieder bitten darf",
    "Look after a member here, or take a picture down": (
        "Nach einem Mitglied sehen, oder ein Bild abhängen"
    ),
    "What they have here; cancel it, give them a break, end one": (
        "Was es hier hat; abbrechen, eine Pause geben oder beenden"
    ),
    "The number of pictures, or a link to their message, to take them down": (
        "Die Nummer von Bildern, oder ein Link zu ihrer Nachricht, um sie abzuhängen"
    ),
    "How I am doing: the line, the trainer, the disk": (
        "Wie es mir geht: die Reihe, der Trainer, die Platte"
    ),
    "All that you decide here, to see and to change": (
        "Alles, was du hier entscheidest: ansehen und ändern"
    ),
    "Which roles may train; everybody where there is none": (
        "Welche Rollen trainieren dürfen; alle, wo keine genannt ist"
    ),
    "A role that may train": "Eine Rolle, die trainieren darf",
    "A role that may no longer": "Eine Rolle, die es nicht mehr darf",
    "How much members may ask for, or those of a role": (
        "Um wie viel Mitglieder bitten dürfen, oder die einer Rolle"
    ),
    "Whose numbers; without it, everybody's": "Wessen Zahlen; ohne sie die von allen",
    "Pictures a day": "Bilder am Tag",
    "Trainings a week": "Trainings in der Woche",
    "As many as they like": "So viele sie mögen",
    "pictures": "Bilder",
    "trainings": "Trainings",
    "Back to my default; for a role, to everybody's": (
        "Zurück zu meiner Vorgabe; für eine Rolle zu der für alle"
    ),
    # /edit
    "Work on a picture, with your subject in it": "An einem Bild arbeiten, mit deinem Motiv darin",
    "Draw a whole picture anew, as other words say": (
        "Ein ganzes Bild neu zeichnen, wie andere Worte es sagen"
    ),
    "3 to 60 words with your token in them: a zwx woman as an oil painting": (
        "3 bis 60 Wörter mit deinem Token: a zwx woman as an oil painting"
    ),
    "One of your own instead; I keep it no longer than I need it": (
        "Stattdessen ein eigenes; ich behalte es nicht länger, als ich es brauche"
    ),
    "One of your pictures; your latest where you say nothing": (
        "Eines deiner Bilder; ohne Angabe dein neuestes"
    ),
    "How far from the picture it may go; medium unless you say so": (
        "Wie weit es sich vom Bild entfernen darf; ohne Angabe mittel"
    ),
    "light": "leicht",
    "medium": "mittel",
    "strong": "stark",
    "Change one part of a picture; you see which one first": (
        "Einen Teil eines Bildes ändern; vorher siehst du, welchen"
    ),
    "3 to 60 words with your token in them, for the whole picture": (
        "3 bis 60 Wörter mit deinem Token, für das ganze Bild"
    ),
    "What may change": "Was sich ändern darf",
    "the face": "das Gesicht",
    "the hair": "die Haare",
    "the clothes": "die Kleidung",
    "the background": "der Hintergrund",
    "the transparent parts": "die durchsichtigen Stellen",
    "my own mask": "meine eigene Maske",
    "For `my own mask`: white where I may change it": (
        "Für „meine eigene Maske“: weiß, wo ich es ändern darf"
    ),
    "How much of what is there may go; all of it unless you say so": (
        "Wie viel von dem, was da ist, gehen darf; ohne Angabe alles"
    ),
    "Draw on beyond a picture's edges": "Über die Ränder eines Bildes hinaus zeichnen",
    "Where to": "Wohin",
    "all around": "ringsum",
    "left": "links",
    "right": "rechts",
    "up": "oben",
    "down": "unten",
    "wide (16:9)": "breit (16:9)",
    "tall (9:16)": "hoch (9:16)",
    "square": "quadratisch",
    "What it shows, with your token in it; of a picture of mine I know it": (
        "Was es zeigt, mit deinem Token; bei Bildern von mir weiß ich es"
    ),
    "More like a picture of mine": "Mehr wie eines meiner Bilder",
    "How far from it they may go": "Wie weit sie sich davon entfernen dürfen",
    "subtle": "ganz wenig",
    "How many, 1 to 4": "Wie viele, 1 bis 4",
    "A picture of mine up to twice as large, with finer detail": (
        "Ein Bild von mir bis zu doppelt so groß, mit feineren Einzelheiten"
    ),
    # /help /imagine /gallery /show /queue
    "From photos to pictures, by example": "Von Fotos zu Bildern, an Beispielen",
    "Draw a subject of yours": "Eines deiner Motive zeichnen",
    "3 to 60 words with your token in them: a zwx woman in a (red hat:1.2)": (
        "3 bis 60 Wörter mit deinem Token: a zwx woman in a (red hat:1.2)"
    ),
    "How many, 1 to 4; as in /me settings unless you say so": (
        "Wie viele, 1 bis 4; ohne Angabe wie in /me settings"
    ),
    "The same seed and prompt give the same picture": (
        "Derselbe Seed mit demselben Prompt gibt dasselbe Bild"
    ),
    "What shall not be in it: blurry, crowd": "Was nicht darin sein soll: blurry, crowd",
    "How much it insists on the prompt; I know what suits this base": (
        "Wie sehr es auf dem Prompt besteht; was zur Basis passt, weiß ich"
    ),
    "More take longer and change little; 25 unless you say so": (
        "Mehr dauert länger und ändert wenig; ohne Angabe 25"
    ),
    "A look by name; /style list shows all": "Ein Stil beim Namen; /style list zeigt alle",
    "Square unless you say so": "Ohne Angabe quadratisch",
    "portrait": "hochkant",
    "landscape": "quer",
    "In less time, a little less fine": "Schneller, etwas weniger fein",
    "Bring back a training or pictures of yours": "Ein Training oder Bilder von dir zurückholen",
    "Its number, as in the names of its pictures; your latest where you say nothing": (
        "Die Nummer, wie in den Namen der Bilder; ohne Angabe das Neueste"
    ),
    "Your pictures, the newest first; open any": "Deine Bilder, die neuesten zuerst",
    "Only those that you keep": "Nur die, die du behältst",
    "Who is being served, and when it is your turn": "Wer gerade dran ist, und wann du dran bist",
    # /me
    "What I keep of you": "Was ich von dir habe",
    "What is left for you here today and this week": "Was dir hier heute und diese Woche bleibt",
    "Your language, how many pictures, your prompts": "Deine Sprache, wie viele Bilder, deine"
    " Prompts",
    "What I keep of you, to see and to take along": (
        "Was ich von dir habe, zum Ansehen und Mitnehmen"
    ),
    "Remove everything of yours, with a receipt": "Alles von dir entfernen, mit Beleg",
    # /photos
    "What I learn from": "Woraus ich lerne",
    "Hand me photos; without attachments a private form opens": (
        "Gib mir Fotos; ohne Anhänge öffnet sich ein privates Formular"
    ),
    "Which subject they are of": "Von welchem Motiv sie sind",
    "What they show (of pets, objects and characters I cannot see it by myself)": (
        "Was sie zeigen (bei Tieren, Dingen und Figuren sehe ich es nicht selbst)"
    ),
    "face": "Gesicht",
    "chest": "Brust",
    "torso": "Oberkörper",
    "The checklist: what there is and what is missing": "Die Übersicht: was da ist und was fehlt",
    "The photos that need a look, from the first of them on": (
        "Die Fotos, die einen Blick brauchen, vom ersten an"
    ),
    "Which subject": "Welches Motiv",
    "A photo, up to 20 MB": "Ein Foto, bis 20 MB",
    "What counts, what is missing, and what to add next": (
        "Was zählt, was fehlt, und was als Nächstes hilft"
    ),
    # /session
    "Draw together on a theme, hang pictures up, and vote": (
        "Zusammen zu einem Thema zeichnen, Bilder aufhängen und abstimmen"
    ),
    "Open a room with a theme, for a time": "Einen Raum mit einem Thema eröffnen, für eine Zeit",
    "What it is about: a rainy evening in the city": "Worum es geht: ein Regenabend in der Stadt",
    "How long pictures are drawn; an hour unless you say so": (
        "Wie lange gezeichnet wird; ohne Angabe eine Stunde"
    ),
    "How many minutes the vote takes; half an hour unless you say so": (
        "Wie viele Minuten abgestimmt wird; ohne Angabe eine halbe Stunde"
    ),
    "How many pictures each member may ask for": "Um wie viele Bilder jeder bitten darf",
    "How many each may hang up": "Wie viele jeder aufhängen darf",
    "How many votes each has": "Wie viele Stimmen jeder hat",
    "Take a seat in this session": "Bei dieser Session mitmachen",
    "Hang up a picture that you drew in this session": "Ein Bild aus dieser Session aufhängen",
    "Vote for the pictures of others": "Für die Bilder anderer stimmen",
    "End this session now, with the votes so far": (
        "Diese Session jetzt beenden, mit den Stimmen bisher"
    ),
    "All pictures of a session, and at its end their prompts": (
        "Alle Bilder einer Session, und am Ende ihre Prompts"
    ),
    "Which one; without it, that of this thread": "Welche; ohne Angabe die dieses Threads",
    # /style
    "Looks that go with every subject": "Stile, die zu jedem Motiv passen",
    "The styles you can choose in /imagine": "Die Stile, die du in /imagine wählen kannst",
    "Keep a style for this server": "Einen Stil für diesen Server behalten",
    "2 to 32 letters: golden hour": "2 bis 32 Zeichen: golden hour",
    "1 to 30 words that are added to the prompt: warm low sun, long shadows": (
        "1 bis 30 Wörter, die zum Prompt kommen: warm low sun, long shadows"
    ),
    "What its pictures shall not hold: flash, snow": (
        "Was auf seinen Bildern nicht sein soll: flash, snow"
    ),
    "Take down a style of this server": "Einen Stil dieses Servers abhängen",
    "Which style": "Welcher Stil",
    # /subject
    "Who or what I learn to draw": "Wen oder was ich zu zeichnen lerne",
    "Open a folder for a person, pet, object or character": (
        "Eine Mappe für einen Menschen, ein Tier, ein Ding oder eine Figur öffnen"
    ),
    "A word that means nothing, 3 to 16 letters or digits: zwx": (
        "Ein Wort, das nichts bedeutet, 3 bis 16 Buchstaben oder Ziffern: zwx"
    ),
    "What it is": "Was es ist",
    "person": "Mensch",
    "pet": "Tier",
    "object": "Ding",
    "character": "Figur",
    "The plain word for it: woman, dog, robot …": "Das einfache Wort dafür: woman, dog, robot …",
    "Who is shown, where it is another member: I ask them first": (
        "Wer zu sehen ist, wenn es ein anderes Mitglied ist: Ich frage zuerst"
    ),
    "Your subjects, and those shared with you": "Deine Motive, und die mit dir geteilten",
    "What I know of a subject, and who may draw it": (
        "Was ich von einem Motiv weiß, und wer es zeichnen darf"
    ),
    "Let others draw a subject of yours, or take that back": (
        "Andere ein Motiv zeichnen lassen, oder das zurücknehmen"
    ),
    "One member, wherever they are": "Ein Mitglied, wo auch immer",
    "Whoever has this role here": "Wer hier diese Rolle hat",
    "Everybody on this server": "Alle auf diesem Server",
    "Lend subjects to the session of this thread, or stop": (
        "Der Session dieses Threads Motive leihen, oder damit aufhören"
    ),
    "What trainings made of a subject; go back, or go on": (
        "Was Trainings aus einem Motiv machten; zurückgehen oder weitermachen"
    ),
    "Give a subject another token; nothing is learned anew": (
        "Einem Motiv ein anderes Token geben; neu gelernt wird nichts"
    ),
    "Its new token, 3 to 16 letters or digits": "Sein neues Token, 3 bis 16 Buchstaben oder"
    " Ziffern",
    "What was learned, as files for your own tools": (
        "Was gelernt wurde, als Dateien für deine eigenen Werkzeuge"
    ),
    "Delete one subject with everything that belongs to it": (
        "Ein Motiv löschen, mit allem, was dazugehört"
    ),
    # /train
    "Learning a subject from its photos": "Ein Motiv aus seinen Fotos lernen",
    "Learn a subject from its photos": "Ein Motiv aus seinen Fotos lernen",
    "Training steps; best left to me": "Trainingsschritte; am besten überlässt du sie mir",
    "Pictures of the class in general, so that I do not forget it; best left to me": (
        "Bilder der Klasse, damit ich sie nicht vergesse; am besten überlässt du sie mir"
    ),
    "How much each step changes, such as 0.0005; best left to me": (
        "Wie viel jeder Schritt ändert, etwa 0.0005; am besten überlässt du es mir"
    ),
    "How it is learned; best left to me": "Wie gelernt wird; am besten überlässt du es mir",
    "How your training is doing, for you alone": "Wie es um dein Training steht, nur für dich",
    "Which subject; without it, whichever is first in line": (
        "Welches Motiv; ohne Angabe das, was zuerst dran ist"
    ),
    "Stop a training that waits or is under way": "Ein Training anhalten, das wartet oder läuft",
    "Train the version in use further": "Die Version in Gebrauch weiter trainieren",
    "All versions of a subject, to choose the one I use": (
        "Alle Versionen eines Motivs; wähle die, die ich verwende"
    ),
    # right-clicks
    "Use as training photo": "Als Trainingsfoto verwenden",
}
