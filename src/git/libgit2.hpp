// libgit2, loaded when it is first needed: linked, its 16 libraries would cost every start of the program 3 ms.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <git2.h>

namespace mlops::git {

// The functions that are used, under their names without "git_".
struct Libgit2 {
  decltype(&git_libgit2_init) libgit2_init;
  decltype(&git_libgit2_opts) libgit2_opts;
  decltype(&git_libgit2_version) libgit2_version;
  decltype(&git_error_last) error_last;

  decltype(&git_repository_open_ext) repository_open_ext;
  decltype(&git_repository_free) repository_free;
  decltype(&git_repository_is_bare) repository_is_bare;
  decltype(&git_repository_is_shallow) repository_is_shallow;
  decltype(&git_repository_path) repository_path;
  decltype(&git_repository_commondir) repository_commondir;
  decltype(&git_repository_workdir) repository_workdir;
  decltype(&git_repository_head) repository_head;
  decltype(&git_repository_index) repository_index;
  decltype(&git_repository_hashfile) repository_hashfile;
  decltype(&git_repository_config_snapshot) repository_config_snapshot;

  decltype(&git_config_get_string) config_get_string;
  decltype(&git_config_free) config_free;
  decltype(&git_remote_lookup) remote_lookup;
  decltype(&git_remote_url) remote_url;
  decltype(&git_remote_free) remote_free;

  decltype(&git_reference_name_to_id) reference_name_to_id;
  decltype(&git_reference_is_branch) reference_is_branch;
  decltype(&git_reference_shorthand) reference_shorthand;
  decltype(&git_reference_target) reference_target;
  decltype(&git_reference_free) reference_free;
  decltype(&git_revparse_single) revparse_single;
  decltype(&git_object_peel) object_peel;
  decltype(&git_object_id) object_id;
  decltype(&git_object_free) object_free;
  decltype(&git_oid_tostr) oid_tostr;
  decltype(&git_oid_cmp) oid_cmp;
  decltype(&git_odb_hash) odb_hash;

  decltype(&git_commit_lookup) commit_lookup;
  decltype(&git_commit_summary) commit_summary;
  decltype(&git_commit_author) commit_author;
  decltype(&git_commit_time) commit_time;
  decltype(&git_commit_tree) commit_tree;
  decltype(&git_commit_free) commit_free;
  decltype(&git_tree_entry_bypath) tree_entry_bypath;
  decltype(&git_tree_entry_id) tree_entry_id;
  decltype(&git_tree_entry_filemode) tree_entry_filemode;
  decltype(&git_tree_entry_free) tree_entry_free;
  decltype(&git_tree_free) tree_free;
  decltype(&git_blob_lookup) blob_lookup;
  decltype(&git_blob_rawcontent) blob_rawcontent;
  decltype(&git_blob_rawsize) blob_rawsize;
  decltype(&git_blob_free) blob_free;

  decltype(&git_graph_descendant_of) graph_descendant_of;
  decltype(&git_revwalk_new) revwalk_new;
  decltype(&git_revwalk_sorting) revwalk_sorting;
  decltype(&git_revwalk_push) revwalk_push;
  decltype(&git_revwalk_hide) revwalk_hide;
  decltype(&git_revwalk_next) revwalk_next;
  decltype(&git_revwalk_free) revwalk_free;

  decltype(&git_index_entrycount) index_entrycount;
  decltype(&git_index_get_byindex) index_get_byindex;
  decltype(&git_index_free) index_free;
  decltype(&git_status_list_new) status_list_new;
  decltype(&git_status_list_entrycount) status_list_entrycount;
  decltype(&git_status_byindex) status_byindex;
  decltype(&git_status_list_free) status_list_free;
};

// Throws Error{unavailable} that names Debian's package when the library can't be loaded.
const Libgit2& libgit2();

// What libgit2 says about the call that has just failed.
std::string last_message();

// Error{failed} "`what`: <what libgit2 says>" for a negative code.
void check(int code, std::string_view what);

template <typename T, auto Free>
struct Release {
  void operator()(T* handle) const noexcept { (libgit2().*Free)(handle); }
};
template <typename T, auto Free>
using Handle = std::unique_ptr<T, Release<T, Free>>;

using RepositoryHandle = Handle<git_repository, &Libgit2::repository_free>;
using ConfigHandle = Handle<git_config, &Libgit2::config_free>;
using RemoteHandle = Handle<git_remote, &Libgit2::remote_free>;
using ReferenceHandle = Handle<git_reference, &Libgit2::reference_free>;
using ObjectHandle = Handle<git_object, &Libgit2::object_free>;
using CommitHandle = Handle<git_commit, &Libgit2::commit_free>;
using TreeHandle = Handle<git_tree, &Libgit2::tree_free>;
using TreeEntryHandle = Handle<git_tree_entry, &Libgit2::tree_entry_free>;
using BlobHandle = Handle<git_blob, &Libgit2::blob_free>;
using RevwalkHandle = Handle<git_revwalk, &Libgit2::revwalk_free>;
using IndexHandle = Handle<git_index, &Libgit2::index_free>;
using StatusHandle = Handle<git_status_list, &Libgit2::status_list_free>;

template <typename HandleType>
struct Made {
  int code = 0;
  HandleType handle;
};

// Calls a function that makes a handle and answers with a code: made<CommitHandle>(git.commit_lookup, repository, &id).
template <typename HandleType, typename Function, typename... Arguments>
Made<HandleType> made(Function function, Arguments... arguments) {
  typename HandleType::pointer raw = nullptr;
  const int code = function(&raw, arguments...);
  return {code, HandleType{code == 0 ? raw : nullptr}};
}

std::string hex(const git_oid& id);

}  // namespace mlops::git
