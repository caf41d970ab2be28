// One scan of one file with all that is packed inside it: collects findings, and keeps the depth and the work bounded.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <mlops/domain/inspection.hpp>
#include <mlops/formats/file_set.hpp>
#include <mlops/support/byte_source.hpp>

namespace mlops::formats {

struct FormatRow;

// The files among which the scanned one is, for formats that point at others.
struct Neighbours {
  const FileSet& set;
  std::string_view path;  // of the scanned file
};

class Scanning {
 public:
  // `work`: how much may be spent.
  explicit Scanning(domain::Scan& result, std::uint64_t work = most_work) : result_{result}, left_{work} {}

  // They must outlive the scan. Without them the file is by itself.
  void set_neighbours(const Neighbours& neighbours) { neighbours_ = &neighbours; }
  // nullptr when there are none; what is packed inside a file has none.
  [[nodiscard]] const Neighbours* neighbours() const { return depth_ <= 1 ? neighbours_ : nullptr; }

  void report(domain::Safety safety, std::string_view rule, std::string_view what);
  // Of a pickle, as it is imported: also those that are allowed.
  void imports(std::string_view global);

  // Scans `part`, which is found inside the present one under `name` ("data.pkl", "at byte 123"), as what its content
  // says it is. Beyond 8 levels it is `unscannable`. Malformed and Unscannable that come out of it become findings.
  void descend(const ByteSource& part, std::string_view name);
  // As descend, where it is known already what `part` is.
  void descend_as(const FormatRow& row, const ByteSource& part, std::string_view name);
  // Does `what` one level deeper, as descend does.
  void attempt(std::string_view name, const std::function<void()>& what);
  // As descend, for a part that is all there is to the present one, once unpacked: its format is the format of the
  // file.
  void unwrap(const ByteSource& part, std::string_view name);
  // Says more exactly than the row of the table what the present one is; of a part that is one of several, only whether
  // it is something that loaders of models load.
  void identify(std::string_view format, bool is_model);

  // Names the place inside the part for what is reported while it lives.
  class Place {
   public:
    Place(Scanning& scanning, std::string_view name);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    Scanning& scanning_;
    std::size_t length_;
  };

  // Work that a file may cause, over all its parts: unpacked bytes, steps of a pickle. Throws Unscannable when it is
  // used up, so that no archive of archives takes for ever.
  void spend(std::uint64_t amount);
  [[nodiscard]] bool exhausted() const { return left_ == 0; }
  static constexpr std::uint64_t most_work = std::uint64_t{1} << 36;

 private:
  void look_into(const FormatRow& row, const ByteSource& part);

  domain::Scan& result_;
  const Neighbours* neighbours_ = nullptr;
  std::string where_;
  int depth_ = 0;
  int whole_depth_ = 1;  // down to which a part is the whole file
  std::uint64_t left_;
};

}  // namespace mlops::formats
