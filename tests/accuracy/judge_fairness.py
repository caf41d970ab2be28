"""Fairlearn on the differences and ratios between groups."""

import numpy
from fairlearn import metrics

import real_data

NAMES = ["demographic_parity_difference", "demographic_parity_ratio", "equal_opportunity_difference", "equal_opportunity_ratio",
         "equalized_odds_difference", "equalized_odds_ratio"]


def judge(book, program, _):
    cancer, scores, quarters = real_data.two_classes()
    # The threshold is moved, so that no group has all of its rows right.
    cases = {"breast cancer": (cancer, (scores[0] >= 0.3).astype(int), quarters), "diabetes": real_data.by_sex()}
    for data, (truth, predicted, groups) in cases.items():
        conditions = [f"{name} by group {'>= 0' if name.endswith('ratio') else '<= 1'}" for name in NAMES]
        evidence = program.gate(conditions, {"truth": truth, "group": groups}, [{"prediction": predicted}])
        for name, each in zip(NAMES, evidence):
            theirs = getattr(metrics, name)(truth, predicted, sensitive_features=groups)
            book.note(f"`{name}`", "Fairlearn", "gates", data, each["figures"]["found"], theirs)
        rates = metrics.MetricFrame(metrics=metrics.selection_rate, y_true=truth, y_pred=predicted, sensitive_features=numpy.array(groups)).by_group
        ours = {each["name"]: each["value"] for each in evidence[0]["figures"]["groups"]}
        book.note("selection rate of each group", "Fairlearn", "gates", data, [ours[f"group={name}"] for name in rates.index], rates)
