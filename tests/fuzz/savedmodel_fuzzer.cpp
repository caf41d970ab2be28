// Bytes as each of TensorFlow's files: a SavedModel, a MetaGraphDef, a GraphDef, Keras's metadata, a checkpoint's
// index.
#include "fuzzing.hpp"

#include <vector>

#include "malformed.hpp"
#include "tensorflow/tensorflow.hpp"

using namespace mlops;
using namespace mlops::fuzzing;
using namespace mlops::formats;

namespace {

class OneFileThrice final : public FileSet {
 public:
  explicit OneFileThrice(std::string_view bytes)
      : bytes_{bytes},
        files_{{"keras_metadata.pb", bytes.size()},
               {"saved_model.pb", bytes.size()},
               {"variables/variables.index", bytes.size()}} {}
  [[nodiscard]] const std::vector<SetFile>& files() const override { return files_; }
  [[nodiscard]] std::unique_ptr<ByteSource> open(const SetFile&) const override {
    return std::make_unique<MemorySource>(bytes_);
  }

 private:
  std::string_view bytes_;
  std::vector<SetFile> files_;
};

template <typename Work>
void attempt(Work work) {
  try {
    work();
  } catch (const Malformed&) {
    return;
  } catch (const Unscannable&) {
    return;
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = text_of(bytes_of(data, size));
  const MemorySource source{bytes};
  const Head head{std::string{bytes.substr(0, 64u << 10)}, source};
  for (auto* matches :
       {is_saved_model, is_meta_graph, is_graph_def, is_keras_metadata, is_checkpoint_index, is_fingerprint})
    (void)matches(head);
  for (auto* inspect :
       {inspect_saved_model, inspect_meta_graph, inspect_graph_def, inspect_keras_metadata, inspect_checkpoint_index}) {
    domain::Inspection inspection;
    attempt([&] { inspect(source, inspection); });
    (void)to_line(Json{inspection.facts});
  }
  for (auto* scan : {scan_saved_model, scan_meta_graph, scan_graph_def, scan_keras_metadata}) {
    domain::Scan result;
    Scanning scanning{result};
    attempt([&] { scan(source, scanning); });
  }
  const OneFileThrice files{bytes};
  domain::Inspection whole;
  inspect_saved_model_folder(files, "", whole);
  (void)data_files_of_checkpoint(files, files.files().back());
  return 0;
}
