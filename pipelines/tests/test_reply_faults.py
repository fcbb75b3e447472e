"""What is wrong with a model's text is told where it is plain, and nowhere else."""

from __future__ import annotations

import pytest

from pipelines import registry
from pipelines.engines.embedded.wortwerkstatt import Wortwerkstatt
from pipelines.engines.jobs import TextJob
from pipelines.texts.reply_faults import (
    MESSAGES,
    Fault,
    Question,
    fault_in,
    is_looping,
    message_for,
)

IDEA = "Ein Hund fliegt über die Stadt."
RULE = (
    "Schreibe den Text so um, dass alles darin sein Gegenteil wird: Großes wird klein, Tag wird "
    "Nacht, Lautes wird leise. Lass die Figuren erkennbar."
)
GERMAN = (
    "Über der Stadt, die im Dunkeln liegt, kriecht ein Hund durch die Gassen und bellt nicht. "
    "Er sucht den Mond, der sich unter der Straße versteckt."
)
ENGLISH = (
    "Under the city that lies in the dark, a dog crawls through the lanes and it does not bark. "
    "It is looking for the moon, which has hidden below the street."
)
CHINESE = "在黑暗的城市里，一只狗爬过小巷，它不叫，它在找藏在街道下面的月亮。"
FRENCH = (
    "Sous la ville qui dort dans le noir, un chien rampe dans les rues et n'aboie pas. Il cherche "
    "la lune, qui est dans une cave avec des amis."
)


def fault(answer: str, *, text: str = IDEA, rule: str = RULE, language: str = "de") -> Fault | None:
    return fault_in(answer, Question(text=text, rule=rule, language=language))


@pytest.mark.parametrize(
    "answer",
    [IDEA, f"„{IDEA}“", "Ein Hund fliegt\nüber  die Stadt", GERMAN],
)
def test_an_echo_of_the_idea_is_one(answer: str) -> None:
    assert fault(answer, text=IDEA if answer != GERMAN else GERMAN) == Fault.ECHO


@pytest.mark.parametrize(
    "answer",
    [
        "EIN HUND FLIEGT ÜBER DIE STADT.",
        "Ein Hund kriecht über die Stadt.",
        "Ein! Hund! fliegt! über! die! Stadt!",
        f"{IDEA} Und dann fällt er.",
        "Hund.",
    ],
)
def test_what_a_rule_has_changed_is_no_echo(answer: str) -> None:
    assert fault(answer) is None


def test_a_chain_of_stations_may_lead_back_to_the_text() -> None:
    asked = Question(text=IDEA, rule=RULE, leads_back=True)
    assert fault_in(IDEA, asked) is None
    assert fault_in(RULE, asked) == Fault.RULE


def test_a_long_text_with_one_other_word_is_an_echo_and_with_five_is_none() -> None:
    words = (GERMAN + " " + GERMAN.replace("Hund", "Kater")).split()
    text = " ".join(words)
    one, five = [*words], [*words]
    one[7] = "Wald"
    five[::12] = ["Wald"] * len(five[::12])
    assert fault(" ".join(one), text=text) == Fault.ECHO
    assert fault(" ".join(five), text=text) is None


def test_the_rule_repeated_is_told_and_a_text_about_it_is_not() -> None:
    assert fault(RULE) == Fault.RULE
    assert fault(f"Natürlich: {RULE} Hier ist er.") == Fault.RULE
    assert fault("Großes wird klein, sagt der Hund, und Tag wird Nacht.") is None
    # Nothing is repeated that the child itself wrote.
    assert fault(f"{RULE} Anders.", text=RULE) is None


@pytest.mark.parametrize(
    "answer",
    [
        "Der Hund " + "läuft und läuft und " * 30,
        "Es war einmal. " + "Der Hund sieht den Mond und der Mond sieht den Hund. " * 8,
        "Na gut: " + "a" * 400,
        "从前，" + "狗在笑，" * 90,
    ],
)
def test_a_loop_is_told(answer: str) -> None:
    assert is_looping(answer)
    assert fault(answer) == Fault.LOOP


@pytest.mark.parametrize(
    "answer",
    [
        "Tick tack, " * 12,
        "Sehr, sehr, sehr, sehr, sehr, sehr, sehr groß ist der Hund, " + "ja! " * 20,
        "Der Hund geht weiter. " * 5,
        (GERMAN + " ") * 3,
        "Hahaha" * 40,
        "",
    ],
)
def test_a_refrain_is_no_loop(answer: str) -> None:
    assert not is_looping(answer)


@pytest.mark.parametrize(
    "answer",
    [
        "Es tut mir leid, aber ich kann dir dabei nicht helfen.",
        "Tut mir leid, ich kann diese Anfrage nicht erfüllen.",
        (
            "Leider kann ich diesen Text nicht schreiben, da der Inhalt nicht passt. "
            "Leider ist das eine Aufgabe, die ich nicht mag."
        ),
        "Ich kann dir bei dieser Aufgabe nicht weiterhelfen.",
        "Als KI-Sprachmodell kann ich das nicht.",
        "I'm sorry, but I can't assist with that.",
        "I’m sorry, I cannot fulfill this request.",
        "Sorry, I can't help with that.",
        "I cannot create this content.",
        "As an AI language model, I am not able to do that.",
    ],
)
def test_a_refusal_is_told(answer: str) -> None:
    assert fault(answer) == Fault.REFUSAL


@pytest.mark.parametrize(
    "answer",
    [
        "„Es tut mir leid“, sagt der Hase, „ich kann dir nicht helfen.“",
        "Tut mir leid, sagt der Hund, und fliegt davon.",
        "Ich kann nicht fliegen, sagt der Hund zur Stadt.",
        "I can't fly, says the dog, and the city laughs about him.",
        "Der Hund kann leider nicht fliegen.",
        "Ich darf nicht mehr fliegen, seit die Stadt mich gesehen hat.",
        "Leider kann ich nicht schlafen, denkt der Hund.",
    ],
)
def test_a_story_in_which_somebody_cannot_is_no_refusal(answer: str) -> None:
    assert fault(answer) is None


@pytest.mark.parametrize(
    ("answer", "language"),
    [
        (ENGLISH, "de"),
        (FRENCH, "de"),
        (CHINESE, "de"),
        ("暗い街の中を、一匹の犬が這って月をさがしている。", "de"),
        (f"Ein Hund kriecht durch die Gassen, und dann: {CHINESE}", "de"),
        ("Под городом ползёт собака и ищет луну, которая спряталась.", "de"),
    ],
)
def test_another_language_is_told(answer: str, language: str) -> None:
    assert fault(answer, language=language) == Fault.LANGUAGE


def test_german_for_an_english_question_is_another_language() -> None:
    asked = {"text": "A dog flies over the city.", "rule": "Turn it all round.", "language": "en"}
    assert fault(GERMAN, **asked) == Fault.LANGUAGE
    assert fault(ENGLISH, **asked) is None


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        # Too short to be told.
        ("Dog city sky.", IDEA),
        ("Over the city flies a dog.", IDEA),
        # As the idea was written.
        (ENGLISH, "A dog flies over the city and the moon"),
        (ENGLISH, "Şehrin üzerinde bir köpek uçuyor"),
        ("Şehrin altında bir köpek sürünüyor ve havlamıyor. O ayı arıyor, ay sokağın altında.",
         "Şehrin üzerinde bir köpek uçuyor"),
        ("Під містом повзе собака і шукає місяць, який сховався від усіх.",
         "Собака летить над містом"),
        (GERMAN, "Собака летить над містом"),
        ("تحت المدينة يزحف كلب ولا ينبح، ويبحث عن القمر الذي اختبأ.", "كلب يطير فوق المدينة"),
        # German with English words in it, as the young speak.
        (("Yo, der Hund ist voll cringe, und er cruist lowkey durch die Stadt, no cap, das ist "
         "so ein random Vibe, Digga, und die Moon ist safe auch am Start."), IDEA),
        # Of no language.
        (("Elimay igsday undhay ietenflay oppay etray ullanay igsday undhay ietenflay oppay etray "
         "ullanay igsday undhay"), IDEA),
    ],
)  # fmt: skip
def test_it_is_not_said_of_a_text_in_its_own_idea_s_language(answer: str, text: str) -> None:
    assert fault(answer, text=text) is None


@pytest.mark.parametrize(
    "rule",
    [
        "Übersetze alles ins Chinesische.",
        "Schreib es auf Englisch.",
        "Sprich wie ein Pirat in einer fremden Sprache.",
        "Translate it into French.",
        "Write it in Ukrainian.",
    ],
)
def test_it_is_not_said_where_the_rule_is_about_languages(rule: str) -> None:
    assert fault(ENGLISH, rule=rule) is None
    assert (
        fault("在黑暗的城市里，一只狗爬过小巷，它不叫，它在找藏在街道下面的月亮。", rule=rule)
        is None
    )


def test_what_the_wortwerkstatt_writes_is_nothing_but_itself_or_unchanged() -> None:
    ideas = (IDEA, "Katze", "A red fox in the snow", "Mein Bruder isst 3 Eis und weint")
    for config in registry.get_catalog().interceptions.values():
        for idea in ideas:
            job = TextJob(
                text=idea,
                rule=config.context.in_language("de"),
                language="de",
                seed=7,
                recipe=config.parameters.wortwerkstatt,
            )
            answer = "".join(Wortwerkstatt().stream(job))
            asked = Question(text=idea, rule=job.rule, language="de", is_rule_based=True)
            assert fault_in(answer, asked) == (Fault.UNCHANGED if answer == idea else None)


def test_unchanged_is_told_of_a_rule_that_found_nothing() -> None:
    asked = Question(text=IDEA, rule=RULE, language="de", is_rule_based=True)
    assert fault_in(IDEA, asked) == Fault.UNCHANGED


def test_each_fault_has_its_sentence() -> None:
    assert set(MESSAGES) == set(Fault)
    assert all(message_for(fault) for fault in Fault)
