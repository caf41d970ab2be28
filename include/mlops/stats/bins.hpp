// The bins of a column, frozen at the reference data, and counts in them.
//
// The current data is counted into the bins of the reference, exactly, so that statistics of the counts are exact too:
// they merge by addition, and are the same for any order and any split of the rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <mlops/support/json.hpp>

namespace mlops::stats {

// An end of bins, and whether that value has a bin of its own.
struct Cut {
  double value = 0;
  bool is_point = false;
  friend bool operator==(const Cut&, const Cut&) = default;
};

// What a bin of numbers holds: a single value, or those above `low` and below `high`, with or without an end.
struct NumberRange {
  double low = 0;   // -infinity in the first bin
  double high = 0;  // infinity in the last
  bool has_low = false;
  bool has_high = false;
  [[nodiscard]] bool is_point() const { return has_low && has_high && !(low < high); }
};
std::string label_of(const NumberRange& range);  // "(1.5, 2]", "0"

// Bins of numbers, in order: what is below the first cut; between neighbouring cuts the values from the lower
// (exclusive, but for the first cut) to the upper (inclusive, unless it is a point); each point after the bin that ends
// at it; what is above the last cut; NaN; missing. Infinities fall into the outermost bins.
class NumberBins {
 public:
  // Cuts ascend strictly and are finite, and the only cut of one is a point; else Error{usage}.
  explicit NumberBins(std::vector<Cut> cuts = {});
  // Cuts at quantiles of these values, for about `most` bins of equal mass. A value with more than one bin's mass is
  // made a point, so that it can't hide what happens around it; with many such values there are up to twice as many
  // bins. NaN and infinities have no part in it. `most` is at least 2, else Error{usage}.
  static NumberBins of(std::span<const double> reference, std::size_t most = 256);
  // Cuts at quantiles that are known already, say of a sketch: smallest, ..., largest value, at equal steps of mass. A
  // value that comes several times has more than a bin's mass and is made a point. Infinities are left out; NaN, or
  // quantiles that descend, are Error{usage}.
  static NumberBins at(std::span<const double> quantiles);

  [[nodiscard]] const std::vector<Cut>& cuts() const { return cuts_; }
  [[nodiscard]] std::size_t size() const { return ranges_ + 2; }
  [[nodiscard]] std::size_t ranges() const { return ranges_; }  // those that are in order: all but NaN and missing
  [[nodiscard]] std::size_t index_of(double value) const;
  [[nodiscard]] std::size_t nan_index() const { return ranges_; }
  [[nodiscard]] NumberRange range(std::size_t bin) const;  // bin below ranges()
  [[nodiscard]] std::string label(std::size_t bin) const;  // "(1.5, 2]", "0", "above 9", "NaN", "missing"
  friend bool operator==(const NumberBins& a, const NumberBins& b) { return a.cuts_ == b.cuts_; }

 private:
  std::vector<Cut> cuts_;
  std::vector<std::size_t> first_bin_;  // of the interval that ends at each cut
  std::size_t ranges_ = 1;
};

// How often each text occurs.
using TextCounts = std::map<std::string, std::uint64_t, std::less<>>;

// Bins of texts: each of these values; all others; missing.
class TextBins {
 public:
  // Values ascend strictly by bytes; else Error{usage}.
  explicit TextBins(std::vector<std::string> values = {});
  // The most frequent values, of equally frequent ones the smaller by bytes. `most` is at least 1, else Error{usage}.
  static TextBins of(const TextCounts& reference, std::size_t most = 256);

  [[nodiscard]] const std::vector<std::string>& values() const { return values_; }
  [[nodiscard]] std::size_t size() const { return values_.size() + 2; }
  [[nodiscard]] std::size_t index_of(std::string_view value) const;
  [[nodiscard]] std::size_t other_index() const { return values_.size(); }
  [[nodiscard]] std::string label(std::size_t bin) const;  // the value, "other", "missing"
  friend bool operator==(const TextBins&, const TextBins&) = default;

 private:
  std::vector<std::string> values_;
};

using Bins = std::variant<NumberBins, TextBins>;
std::size_t size_of(const Bins& bins);
std::size_t missing_index(const Bins& bins);  // always the last
std::string label_of(const Bins& bins, std::size_t bin);

// Counts of rows in bins, up to 2^63 - 1 rows in all; adding more throws Error{usage}.
class Histogram {
 public:
  explicit Histogram(Bins bins);
  // From what was kept of one; Error{usage} unless there is a count for each bin.
  Histogram(Bins bins, std::span<const std::uint64_t> counts, std::optional<double> smallest,
            std::optional<double> largest);

  [[nodiscard]] const Bins& bins() const { return bins_; }
  [[nodiscard]] std::span<const std::uint64_t> counts() const { return counts_; }
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] std::uint64_t missing() const { return counts_.back(); }
  // Of the numbers counted, infinities included; nullopt without numbers.
  [[nodiscard]] std::optional<double> smallest() const { return smallest_; }
  [[nodiscard]] std::optional<double> largest() const { return largest_; }

  // A value of the other type than the bins' is Error{usage}.
  void add(double value);
  void add(std::span<const double> values);
  void add(std::string_view value, std::uint64_t times = 1);
  void add_missing(std::uint64_t times = 1);
  // Another part of the same data; other bins are Error{usage}.
  void merge(const Histogram& other);

  friend bool operator==(const Histogram&, const Histogram&) = default;

 private:
  friend Histogram histogram_from_json(const Json&);
  void count(std::size_t bin, std::uint64_t times);
  void see(double value);

  Bins bins_;
  std::vector<std::uint64_t> counts_;
  std::uint64_t rows_ = 0;
  std::optional<double> smallest_;
  std::optional<double> largest_;
};

// {"version": 1, "type": "number", "cuts": [...], "points": [...], "counts": [...], "smallest": 0, "largest": 9}, or
// {"version": 1, "type": "text", "values": [...], "counts": [...]}. `points` are the cuts that are points. An infinite
// `smallest` or `largest` is the text "-Infinity" or "Infinity".
Json to_json(const Histogram& histogram);
// Throws Error{usage} for another version or type, and for whatever isn't counts of good bins.
Histogram histogram_from_json(const Json& json);

// Neighbouring bins taken together; `last` is one past the end.
struct BinGroup {
  std::size_t first = 0;
  std::size_t last = 0;
};
// About `most` groups of equal mass in the reference, for statistics that need coarse bins. Points with more than a
// group's mass stay alone; the outermost groups are open-ended; NaN and missing stay apart. `most` is at least 2, else
// Error{usage}, and so are bins of texts.
std::vector<BinGroup> equal_mass_groups(const Histogram& reference, std::size_t most = 10);
std::vector<std::uint64_t> counts_in(const std::vector<BinGroup>& groups, std::span<const std::uint64_t> counts);
std::string label_of(const NumberBins& bins, const BinGroup& group);

}  // namespace mlops::stats
