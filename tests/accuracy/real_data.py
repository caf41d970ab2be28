"""Scikit-learn's bundled data sets, and predictions of models that were trained on half of each."""

from functools import lru_cache

import numpy
from sklearn import datasets
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

LOADERS = {"breast cancer": datasets.load_breast_cancer, "diabetes": datasets.load_diabetes, "digits": datasets.load_digits,
           "iris": datasets.load_iris, "wine": datasets.load_wine}


@lru_cache
def loaded(name):
    return LOADERS[name]()


def table(name):
    """All columns, the classes by their names."""
    data = loaded(name)
    frame = {str(feature): data.data[:, place] for place, feature in enumerate(data.feature_names)}
    names = getattr(data, "target_names", None)
    return {**frame, "target": data.target if names is None else [f"class {names[each]}" for each in data.target]}


def halves(data, target):
    return (data[::2], target[::2]), (data[1::2], target[1::2])


@lru_cache
def two_classes():
    """Benign or malignant: of each tumour the truth, what two models say of it, and the quarter of all radii that it is in."""
    data = loaded("breast cancer")
    train, (rows, truth) = halves(data.data, data.target)
    radius = rows[:, 0]
    quarter = numpy.searchsorted(numpy.quantile(radius, [0.25, 0.5, 0.75]), radius)
    models = [GaussianNB().fit(train[0][:, :4], train[1]), make_pipeline(StandardScaler(), LogisticRegression()).fit(train[0][:, :8], train[1])]
    scores = [models[0].predict_proba(rows[:, :4])[:, 1], models[1].predict_proba(rows[:, :8])[:, 1]]
    return truth, scores, [f"quarter {each}" for each in quarter]


@lru_cache
def many_classes():
    data = loaded("digits")
    train, (rows, truth) = halves(data.data, data.target)
    return truth, [GaussianNB().fit(*train).predict(rows), RandomForestClassifier(5, max_depth=6, random_state=0).fit(*train).predict(rows)]


@lru_cache
def numbers():
    data = loaded("diabetes")
    train, (rows, truth) = halves(data.data, data.target)
    return truth, [Ridge(5.0).fit(*train).predict(rows), Ridge(0.1).fit(*train).predict(rows)]


@lru_cache
def by_sex():
    """Whether the disease will progress beyond the median, and the two groups of the data's column `sex`."""
    data = loaded("diabetes")
    target = (data.target > numpy.median(data.target)).astype(int)
    train, (rows, truth) = halves(data.data, target)
    model = LogisticRegression(C=10).fit(*train)
    return truth, model.predict(rows), ["one" if sex > 0 else "other" for sex in rows[:, 1]]
