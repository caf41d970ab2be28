#include "tensorflow/operators.hpp"

#include <algorithm>
#include <array>

#include "word_list.hpp"

namespace mlops::formats::tensorflow {

namespace {

constexpr std::string_view standard_operators =
#include "tensorflow/standard_operators.inc"
    ;

struct Entry {
  std::string_view op;
  Kind kind;
};

// Sorted. Chosen from the list of all operators by what their inputs and attributes name: files, paths, addresses.
constexpr auto special = std::to_array<Entry>({
    {"CSVDataset", Kind::files},
    {"CSVDatasetV2", Kind::files},
    {"CacheDataset", Kind::files},
    {"CacheDatasetV2", Kind::files},
    {"CreateSummaryDbWriter", Kind::files},
    {"CreateSummaryFileWriter", Kind::files},
    {"DataServiceDataset", Kind::network},
    {"DataServiceDatasetV2", Kind::network},
    {"DataServiceDatasetV3", Kind::network},
    {"DataServiceDatasetV4", Kind::network},
    {"DatasetToTFRecord", Kind::files},
    {"DebugIdentity", Kind::network},
    {"DebugIdentityV2", Kind::network},
    {"DebugIdentityV3", Kind::network},
    {"DebugNanCount", Kind::network},
    {"DebugNumericSummary", Kind::network},
    {"DecodeProtoV2", Kind::doubtful},
    {"DistributedSave", Kind::files},
    {"DumpTensor", Kind::files},
    {"EagerPyFunc", Kind::python},
    {"EncodeProto", Kind::doubtful},
    {"ExperimentalCSVDataset", Kind::files},
    {"ExperimentalDatasetToTFRecord", Kind::files},
    {"ExperimentalLMDBDataset", Kind::files},
    {"ExperimentalMatchingFilesDataset", Kind::files},
    {"ExperimentalSqlDataset", Kind::files},
    {"FileSystemSetConfiguration", Kind::files},
    {"FixedLengthRecordDataset", Kind::files},
    {"FixedLengthRecordDatasetV2", Kind::files},
    {"FixedUnigramCandidateSampler", Kind::doubtful},
    {"GenerateVocabRemapping", Kind::files},
    {"ImmutableConst", Kind::files},
    {"InitializeTableFromTextFile", Kind::table},
    {"InitializeTableFromTextFileV2", Kind::table},
    {"LMDBDataset", Kind::files},
    {"LMDBReader", Kind::doubtful},
    {"ListSnapshotChunksDataset", Kind::files},
    {"LoadAndRemapMatrix", Kind::files},
    {"LoadDataset", Kind::files},
    {"MatchingFiles", Kind::files},
    {"MatchingFilesDataset", Kind::files},
    {"MergeV2Checkpoints", Kind::save},
    {"PrintV2", Kind::print},
    {"PyCall", Kind::python},
    {"PyFunc", Kind::python},
    {"PyFuncStateless", Kind::python},
    {"ReadFile", Kind::files},
    {"RecordInput", Kind::files},
    {"RegisterDataset", Kind::network},
    {"RegisterDatasetV2", Kind::network},
    {"RemoteCall", Kind::doubtful},
    {"Restore", Kind::restore},
    {"RestoreSlice", Kind::restore},
    {"RestoreV2", Kind::restore},
    {"RpcCall", Kind::network},
    {"RpcClient", Kind::network},
    {"RpcServer", Kind::network},
    {"RpcServerRegister", Kind::network},
    {"RpcServerStart", Kind::network},
    {"Save", Kind::save},
    {"SaveDataset", Kind::files},
    {"SaveDatasetV2", Kind::files},
    {"SaveSlices", Kind::save},
    {"SaveV2", Kind::save},
    {"Skipgram", Kind::files},
    {"SnapshotChunkDataset", Kind::files},
    {"SnapshotDataset", Kind::files},
    {"SnapshotDatasetReader", Kind::files},
    {"SnapshotDatasetV2", Kind::files},
    {"SnapshotNestedDatasetReader", Kind::files},
    {"SqlDataset", Kind::files},
    {"TFRecordDataset", Kind::files},
    {"TFRecordDatasetV2", Kind::files},
    {"TextLineDataset", Kind::files},
    {"WholeFileReader", Kind::files},
    {"WholeFileReaderV2", Kind::files},
    {"WriteFile", Kind::files},
});
static_assert(std::ranges::is_sorted(special, {}, &Entry::op));

}  // namespace

Kind kind_of(std::string_view op) {
  const auto* const at = std::ranges::lower_bound(special, op, {}, &Entry::op);
  if (at != special.end() && at->op == op) return at->kind;
  static const WordList standard{standard_operators};
  return standard.contains(op) ? Kind::plain : Kind::unknown;
}

}  // namespace mlops::formats::tensorflow
