// An ONNX model, also one that is hardly recognised as such, with a file beside it.
#include "fuzzing.hpp"

#include <vector>

#include "malformed.hpp"
#include "onnx/onnx.hpp"

using namespace mlops;
using namespace mlops::fuzzing;
using namespace mlops::formats;

namespace {

class ModelAndData final : public FileSet {
 public:
  explicit ModelAndData(std::string_view model) : model_{model}, files_{{"model.onnx", model.size()}, {"w.bin", 64}} {}
  [[nodiscard]] const std::vector<SetFile>& files() const override { return files_; }
  [[nodiscard]] std::unique_ptr<ByteSource> open(const SetFile&) const override {
    return std::make_unique<MemorySource>(model_);
  }

 private:
  std::string_view model_;
  std::vector<SetFile> files_;
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = text_of(bytes_of(data, size));
  const MemorySource source{bytes};
  (void)is_onnx(Head{std::string{bytes.substr(0, 64u << 10)}, source});
  domain::Inspection inspection;
  domain::Scan result;
  Scanning scanning{result};
  try {
    inspect_onnx(source, inspection);
  } catch (const Malformed&) {
    require(!inspection.format_version.empty());
  }
  try {
    scan_onnx(source, scanning);
  } catch (const Malformed&) {
    require(result.findings.size() <= domain::Scan::most_findings);
  }
  // Whatever is told can be written down.
  (void)to_line(Json{inspection.facts});
  const ModelAndData files{bytes};
  inspect_onnx_neighbours(files, files.files().front(), inspection);
  (void)data_files_of_onnx(files, files.files().front());
  return 0;
}
