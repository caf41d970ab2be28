"""MLstatkit on DeLong's interval and test."""

from MLstatkit import Delong_test

import real_data


def judge(book, program, library):
    truth, scores, _ = real_data.two_classes()
    theirs = dict(zip(("z", "p", "first", "second"), Delong_test(truth, *scores, return_auc=False)))
    ours = library.ask("delong", first=scores[0], second=scores[1], labels=truth)
    book.note("DeLong's test", "MLstatkit", "library", "breast cancer", [ours["z"], ours["p"]], [theirs["z"], theirs["p"]])
    for name, score in zip(("first", "second"), scores):
        evidence = program.gate(["auc >= 0"], {"truth": truth}, [{"score": score}])
        book.note("DeLong's interval", "MLstatkit", "gates", "breast cancer", evidence[0]["figures"]["interval"], theirs[name])
