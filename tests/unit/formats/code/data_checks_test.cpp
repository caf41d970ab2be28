#include <mlops/formats/code.hpp>

#include <catch2/catch.hpp>

#include <fmt/format.h>

namespace mlops::formats {
namespace {

using Texts = std::vector<std::string>;

Texts found(std::string_view source, std::string_view rule) {
  Texts texts;
  for (const CodeWarning& warning : read_code_file("train.py", source)) {
    if (warning.rule == rule) texts.push_back(fmt::format("{} {}", warning.line, warning.what));
  }
  return texts;
}

TEST_CASE("randomness without a seed") {
  const auto seeds = [](std::string_view source) { return found(source, "code.no-seed"); };
  CHECK(seeds("import numpy as np\nx = np.random.rand(3)\ny = np.random.rand(3)\n") ==
        Texts{"2 `numpy.random.rand` draws random numbers, and numpy has no seed"});
  CHECK(seeds("from sklearn.model_selection import train_test_split as tts\na, b = tts(X)\n") ==
        Texts{"2 `sklearn.model_selection.train_test_split` is called without random_state, and numpy has no seed"});
  CHECK(seeds("import random\nrandom.shuffle(x)").size() == 1);
  CHECK(seeds("from random import shuffle\nshuffle(x)").size() == 1);
  CHECK(seeds("import random\nrandom.seed()\nrandom.random()").size() == 1);
  CHECK(seeds("import numpy as np\nrng = np.random.default_rng()").size() == 1);
  CHECK(seeds("import torch\nx = torch.randn(2)").size() == 1);
  CHECK(seeds("import torch.nn as nn\nm = nn.Linear(2, 3)").size() == 1);
  CHECK(seeds("from torch.utils.data import DataLoader\nDataLoader(d, shuffle=True)").size() == 1);
  CHECK(seeds("from tensorflow import keras\nkeras.layers.Dense(3)").size() == 1);
  CHECK(
      seeds("from sklearn.ensemble import RandomForestClassifier\nRandomForestClassifier(random_state=None)").size() ==
      1);
  CHECK(seeds("import random\nimport numpy as np\nnp.random.seed(1)\nrandom.random()\nnp.random.rand()").size() == 1);
  CHECK(seeds("df = df.sample(frac=1)").size() == 1);

  CHECK(seeds("import random\nimport numpy\nx = 1").empty());
  CHECK(seeds("import random\nrandom.seed(7)\nrandom.random()").empty());
  CHECK(seeds("import numpy as np\nrng = np.random.default_rng(7)\nrng.random()").empty());
  CHECK(seeds("import numpy as np\nnp.random.seed(0)\nfrom sklearn.cluster import KMeans\nKMeans(3)").empty());
  CHECK(seeds("from sklearn.model_selection import train_test_split\ntrain_test_split(X, random_state=SEED)").empty());
  CHECK(seeds("from sklearn.model_selection import KFold\nKFold(5)").empty());
  CHECK(seeds("import torch\ntorch.manual_seed(1)\ntorch.randn(2)").empty());
  CHECK(seeds("import torch, random\nfrom lightning import "
              "seed_everything\nseed_everything(1)\ntorch.randn(2)\nrandom.random()")
            .empty());
  CHECK(seeds("import numpy as np\ndef set_seed(n):\n    np.random.seed(n)\nset_seed(3)\nnp.random.rand()").empty());
  CHECK(seeds("df = df.sample(frac=1, random_state=1)\nmodel.sample(x)\nself.random.x()").empty());
}

TEST_CASE("test data in fit") {
  const auto fits = [](std::string_view source) { return found(source, "code.test-in-fit"); };
  CHECK(fits("model.fit(X_test, y_test)") == Texts{"1 `fit` is fitted to the test data `X_test`"});
  CHECK(fits("Xt = scaler.fit_transform(X_test)").size() == 1);
  CHECK(fits("Pipeline([a, b]).fit(pd.concat([X_train, X_test]), y)").size() == 1);
  CHECK(fits("m.fit(X=test_df, y=y)").size() == 1);
  CHECK(fits("m.partial_fit(xTest)").size() == 1);

  CHECK(fits("model.fit(X_train, y_train)").empty());
  CHECK(fits("model.fit(X_train, y_train, validation_data=(X_test, y_test), eval_set=[(X_test, y_test)])").empty());
  CHECK(fits("model.fit(*train_test_split(X, test_size=0.2)[:2])").empty());
  CHECK(fits("model.predict(X_test)\nscaler.transform(X_test)\nfit(X_test)").empty());
  CHECK(fits("model.fit(latest, contest)").empty());
}

TEST_CASE("what is fitted to everything before it is split") {
  const auto fits = [](std::string_view source) { return found(source, "code.test-in-fit"); };
  CHECK(fits("X = scaler.fit_transform(X)\nX_train, X_test = train_test_split(X)\n") ==
        Texts{"1 `fit_transform` is fitted to all of `X` before it is split into training and test data"});
  CHECK(fits("Z = scaler.fit_transform(df[cols])\na, b = train_test_split(Z, y)").size() == 1);
  CHECK(fits("scaler = StandardScaler().fit(X)\na, b = model_selection.train_test_split(X, y)").size() == 1);
  CHECK(fits("df[cols] = scaler.fit_transform(df[cols])\ntrain, test = train_test_split(df)").size() == 1);

  CHECK(fits("a, b = train_test_split(X)\na = scaler.fit_transform(a)\nX = scaler.fit_transform(X)").empty());
  CHECK(fits("Z = scaler.fit_transform(X)\na, b = train_test_split(X)").empty());
  CHECK(fits("y = LabelEncoder().fit_transform(y)\na, b = train_test_split(X, y)").empty());
  CHECK(fits("label_encoder.fit(names)\na, b = train_test_split(names)").empty());
  CHECK(fits("X = scaler.fit_transform(X)\nX = load()\na, b = train_test_split(X)").empty());
  CHECK(fits("def prepare(X):\n    X = scaler.fit_transform(X)\n    return X\ndef main():\n    a, b = "
             "train_test_split(X)\n")
            .empty());
}

}  // namespace
}  // namespace mlops::formats
