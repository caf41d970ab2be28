#include "libgit2.hpp"

#include <dlfcn.h>

#include <fmt/format.h>

#include <mlops/support/error.hpp>

// Debian's libgit2 parses every certificate authority of the system when it is initialised, which takes 4 ms of the 7
// that loading it takes. Nothing here talks to a network through it, so its call is answered by this function of ours,
// which comes first in the order of symbols and leaves it without any authority (a TLS connection would be refused).
// Where libgit2 uses another TLS library, nobody calls it.
extern "C" __attribute__((visibility("default"))) int mbedtls_x509_crt_parse_file(void* chain, const char* path);
extern "C" int mbedtls_x509_crt_parse_file(void* /*chain*/, const char* /*path*/) { return 0; }

#ifdef __SANITIZE_ADDRESS__
// libgit2 1.5 forgets 20 kB for each name that doesn't match its patterns, and its own tables when the program ends.
extern "C" const char* __lsan_default_suppressions() { return "leak:libgit2.so\nleak:libpcre2"; }
extern "C" const char* __lsan_default_options() { return "print_suppressions=0"; }
#endif

namespace mlops::git {

namespace {

// The library must have the structures of the headers that this was compiled with.
constexpr const char* library_name = "libgit2.so." LIBGIT2_SOVERSION;

Error unavailable(std::string_view reason) {
  return {ErrorKind::unavailable,
          fmt::format("git repositories can't be read: {}", reason),
          {"install Debian's package `libgit2-" LIBGIT2_SOVERSION "`"}};
}

template <typename Function>
void load(void* library, const char* name, Function& function) {
  void* const symbol = dlsym(library, name);
  if (symbol == nullptr) throw unavailable(fmt::format("`{}` has no function `{}`", library_name, name));
  function = reinterpret_cast<Function>(symbol);
}

void load_basics(void* library, Libgit2& git) {
  load(library, "git_libgit2_init", git.libgit2_init);
  load(library, "git_libgit2_opts", git.libgit2_opts);
  load(library, "git_libgit2_version", git.libgit2_version);
  load(library, "git_error_last", git.error_last);
}

void load_repository(void* library, Libgit2& git) {
  load(library, "git_repository_open_ext", git.repository_open_ext);
  load(library, "git_repository_free", git.repository_free);
  load(library, "git_repository_is_bare", git.repository_is_bare);
  load(library, "git_repository_is_shallow", git.repository_is_shallow);
  load(library, "git_repository_path", git.repository_path);
  load(library, "git_repository_commondir", git.repository_commondir);
  load(library, "git_repository_workdir", git.repository_workdir);
  load(library, "git_repository_head", git.repository_head);
  load(library, "git_repository_index", git.repository_index);
  load(library, "git_repository_hashfile", git.repository_hashfile);
  load(library, "git_repository_config_snapshot", git.repository_config_snapshot);
  load(library, "git_config_get_string", git.config_get_string);
  load(library, "git_config_free", git.config_free);
  load(library, "git_remote_lookup", git.remote_lookup);
  load(library, "git_remote_url", git.remote_url);
  load(library, "git_remote_free", git.remote_free);
}

void load_names(void* library, Libgit2& git) {
  load(library, "git_reference_name_to_id", git.reference_name_to_id);
  load(library, "git_reference_is_branch", git.reference_is_branch);
  load(library, "git_reference_shorthand", git.reference_shorthand);
  load(library, "git_reference_target", git.reference_target);
  load(library, "git_reference_free", git.reference_free);
  load(library, "git_revparse_single", git.revparse_single);
  load(library, "git_object_peel", git.object_peel);
  load(library, "git_object_id", git.object_id);
  load(library, "git_object_free", git.object_free);
  load(library, "git_oid_tostr", git.oid_tostr);
  load(library, "git_oid_cmp", git.oid_cmp);
  load(library, "git_odb_hash", git.odb_hash);
}

void load_objects(void* library, Libgit2& git) {
  load(library, "git_commit_lookup", git.commit_lookup);
  load(library, "git_commit_summary", git.commit_summary);
  load(library, "git_commit_author", git.commit_author);
  load(library, "git_commit_time", git.commit_time);
  load(library, "git_commit_tree", git.commit_tree);
  load(library, "git_commit_free", git.commit_free);
  load(library, "git_tree_entry_bypath", git.tree_entry_bypath);
  load(library, "git_tree_entry_id", git.tree_entry_id);
  load(library, "git_tree_entry_filemode", git.tree_entry_filemode);
  load(library, "git_tree_entry_free", git.tree_entry_free);
  load(library, "git_tree_free", git.tree_free);
  load(library, "git_blob_lookup", git.blob_lookup);
  load(library, "git_blob_rawcontent", git.blob_rawcontent);
  load(library, "git_blob_rawsize", git.blob_rawsize);
  load(library, "git_blob_free", git.blob_free);
}

void load_history(void* library, Libgit2& git) {
  load(library, "git_graph_descendant_of", git.graph_descendant_of);
  load(library, "git_revwalk_new", git.revwalk_new);
  load(library, "git_revwalk_sorting", git.revwalk_sorting);
  load(library, "git_revwalk_push", git.revwalk_push);
  load(library, "git_revwalk_hide", git.revwalk_hide);
  load(library, "git_revwalk_next", git.revwalk_next);
  load(library, "git_revwalk_free", git.revwalk_free);
}

void load_state(void* library, Libgit2& git) {
  load(library, "git_index_entrycount", git.index_entrycount);
  load(library, "git_index_get_byindex", git.index_get_byindex);
  load(library, "git_index_free", git.index_free);
  load(library, "git_status_list_new", git.status_list_new);
  load(library, "git_status_list_entrycount", git.status_list_entrycount);
  load(library, "git_status_byindex", git.status_byindex);
  load(library, "git_status_list_free", git.status_list_free);
}

Libgit2 load_library() {
  void* const library = dlopen(library_name, RTLD_LAZY | RTLD_LOCAL);
  if (library == nullptr) throw unavailable(fmt::format("`{}` is not installed", library_name));
  Libgit2 git{};
  load_basics(library, git);
  load_repository(library, git);
  load_names(library, git);
  load_objects(library, git);
  load_history(library, git);
  load_state(library, git);
  if (git.libgit2_init() < 0) throw unavailable(fmt::format("`{}` can't be initialised", library_name));
  return git;
}

}  // namespace

const Libgit2& libgit2() {
  static const Libgit2 git = load_library();
  return git;
}

std::string last_message() {
  const git_error* const error = libgit2().error_last();
  return error != nullptr && error->message != nullptr ? error->message : "no reason given";
}

void check(int code, std::string_view what) {
  if (code < 0) throw Error{ErrorKind::failed, fmt::format("{}: {}", what, last_message())};
}

std::string hex(const git_oid& id) {
  std::string text(GIT_OID_HEXSZ, '0');
  libgit2().oid_tostr(text.data(), text.size() + 1, &id);
  return text;
}

}  // namespace mlops::git
