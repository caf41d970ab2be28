#include "history.hpp"

#include <fmt/format.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::git {

namespace {

// Old commits may be in any encoding; what is recorded is UTF-8.
std::string utf8(const char* text) {
  if (text == nullptr) return {};
  return is_valid_utf8(text) ? std::string{text} : printable(text);
}

std::optional<git_oid> branch_tip(git_repository* repository, std::string_view branch) {
  for (const std::string_view folder : {"refs/heads/", "refs/remotes/origin/"}) {
    git_oid tip;
    const std::string name = fmt::format("{}{}", folder, branch);
    if (libgit2().reference_name_to_id(&tip, repository, name.c_str()) == 0) return tip;
  }
  return std::nullopt;
}

}  // namespace

std::optional<git_oid> find_commit(git_repository* repository, std::string_view name) {
  const Libgit2& git = libgit2();
  if (name.empty() || name.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string text{name};
  const auto [code, object] = made<ObjectHandle>(git.revparse_single, repository, text.c_str());
  if (code == GIT_EAMBIGUOUS) {
    throw Error{ErrorKind::usage,
                fmt::format("`{}` is the beginning of several commit ids", printable(name)),
                {"give more digits"}};
  }
  if (code != 0) return std::nullopt;
  const auto [peeled, commit] = made<ObjectHandle>(git.object_peel, object.get(), GIT_OBJECT_COMMIT);
  if (peeled != 0) return std::nullopt;
  return *git.object_id(commit.get());
}

std::optional<CommitInfo> describe_commit(git_repository* repository, const git_oid& id) {
  const Libgit2& git = libgit2();
  const auto [code, commit] = made<CommitHandle>(git.commit_lookup, repository, &id);
  if (code != 0) return std::nullopt;
  const git_signature* const author = git.commit_author(commit.get());
  return CommitInfo{.id = hex(id),
                    .summary = utf8(git.commit_summary(commit.get())),
                    .author = fmt::format("{} <{}>", utf8(author->name), utf8(author->email)),
                    .seconds = git.commit_time(commit.get())};
}

std::optional<bool> is_reachable(git_repository* repository, std::string_view commit, std::string_view branch) {
  const Libgit2& git = libgit2();
  const auto tip = branch_tip(repository, branch);
  const auto id = find_commit(repository, commit);
  if (!tip || !id) return std::nullopt;
  if (git.oid_cmp(&*tip, &*id) == 0) return true;
  const int answer = git.graph_descendant_of(repository, &*tip, &*id);
  if (answer == 1) return true;
  // A shallow clone doesn't know what lies before its first commits.
  if (answer < 0 || git.repository_is_shallow(repository) != 0) return std::nullopt;
  return false;
}

std::vector<CommitInfo> list_range(git_repository* repository, std::string_view from, std::string_view to,
                                   std::size_t limit) {
  const Libgit2& git = libgit2();
  const auto first = find_commit(repository, from);
  const auto last = find_commit(repository, to);
  if (!first || !last) return {};
  const auto [code, walk] = made<RevwalkHandle>(git.revwalk_new, repository);
  check(code, "commits can't be listed");
  git.revwalk_sorting(walk.get(), GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
  check(git.revwalk_push(walk.get(), &*last), "commits can't be listed");
  check(git.revwalk_hide(walk.get(), &*first), "commits can't be listed");

  std::vector<CommitInfo> commits;
  git_oid id;
  while (commits.size() < limit && git.revwalk_next(&id, walk.get()) == 0) {
    if (auto info = describe_commit(repository, id)) commits.push_back(std::move(*info));
  }
  return commits;
}

}  // namespace mlops::git
