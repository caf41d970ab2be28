#include "resolve.hpp"

#include <fmt/core.h>

#include <mlops/support/error.hpp>
#include <mlops/support/text.hpp>

namespace mlops::app {

namespace {

constexpr std::size_t names_to_compare = 10000;

Error unknown_model(store::ReadTransaction& view, std::string_view name) {
  Error error{ErrorKind::not_found, fmt::format("no model `{}` in the registry", name)};
  const auto names = view.model_names("", names_to_compare);
  if (const auto near = near_miss(name, names)) {
    error.add_hint(fmt::format("did you mean `{}`?", *near));
  } else if (names.empty()) {
    error.add_hint("the registry is empty; `mlops register MODEL PATH` adds the first version");
  } else {
    error.add_hint("`mlops list` shows the models");
  }
  return error;
}

Error unknown_name(store::ReadTransaction& view, const std::string& model, const std::string& name) {
  std::vector<std::string> known = {"latest"};
  for (const auto& holder : view.holders(model)) known.push_back(holder.stage);
  for (const auto& alias : view.aliases(model)) known.push_back(alias.alias);
  Error error{ErrorKind::not_found, fmt::format("no version of `{}` holds or is called `{}`", model, name)};
  if (const auto near = near_miss(name, known)) error.add_hint(fmt::format("did you mean `{}@{}`?", model, *near));
  error.add_hint(fmt::format("names in use: {}", join(known, ", ")));
  return error;
}

Error unknown_version(store::ReadTransaction& view, const domain::Reference& reference) {
  Error error{ErrorKind::not_found, fmt::format("no version `{}`", reference.text())};
  if (const auto newest = view.latest(reference.model)) {
    error.add_hint(
        fmt::format("the latest is {}@{}; `mlops list {}` shows all", reference.model, *newest, reference.model));
  }
  return error;
}

Error unknown_dataset(store::ReadTransaction& view, const std::string& name) {
  Error error{ErrorKind::not_found, fmt::format("no dataset `{}` in the registry", name)};
  std::vector<std::string> names;
  for (const auto& dataset : view.datasets("", names_to_compare, std::nullopt).items) names.push_back(dataset.name);
  if (const auto near = near_miss(name, names)) error.add_hint(fmt::format("did you mean `{}`?", *near));
  error.add_hint("`mlops dataset list` shows them");
  error.add_hint(fmt::format("`mlops dataset add {} PATH` adds it", name));
  return error;
}

std::optional<std::int64_t> find_named(store::ReadTransaction& view, const std::string& model,
                                       const std::string& name) {
  for (const auto& holder : view.holders(model)) {
    if (holder.stage == name) return holder.version;
  }
  for (const auto& alias : view.aliases(model)) {
    if (alias.alias == name) return alias.version;
  }
  return std::nullopt;
}

}  // namespace

std::string require_model(store::ReadTransaction& view, std::string_view name) {
  if (const auto at = name.find('@'); at != std::string_view::npos) {
    throw Error{ErrorKind::usage,
                fmt::format("`{}` is a reference to a version, but a model is wanted here", printable(name)),
                {fmt::format("did you mean `{}`?", printable(name.substr(0, at)))}};
  }
  std::string checked = domain::check_model_name(name);
  if (!view.model(checked)) throw unknown_model(view, checked);
  return checked;
}

namespace {

domain::VersionId find(store::ReadTransaction& view, const domain::Reference& reference) {
  if (!view.model(reference.model)) throw unknown_model(view, reference.model);
  std::optional<std::int64_t> number;
  if (std::holds_alternative<domain::Latest>(reference.selector)) {
    number = view.latest(reference.model);
  } else if (const auto* wanted = std::get_if<std::int64_t>(&reference.selector)) {
    if (view.version({reference.model, *wanted})) number = *wanted;
  } else if (const auto* named = std::get_if<domain::NamedReference>(&reference.selector)) {
    number = find_named(view, reference.model, named->name);
    if (!number) throw unknown_name(view, reference.model, named->name);
  } else if (const auto* semver = std::get_if<domain::SemVer>(&reference.selector)) {
    number = view.find_by_semver(reference.model, *semver);
  } else if (const auto* prefix = std::get_if<domain::DigestPrefix>(&reference.selector)) {
    number = view.find_by_digest(reference.model, prefix->hex);
  }
  if (!number) throw unknown_version(view, reference);
  return {reference.model, *number};
}

}  // namespace

domain::VersionId resolve(store::ReadTransaction& view, const domain::Reference& reference) {
  domain::VersionId id = find(view, reference);
  if (const auto deletion = view.deletion(id)) throw store::was_deleted(id, *deletion);
  return id;
}

domain::VersionId resolve(store::ReadTransaction& view, std::string_view reference) {
  return resolve(view, domain::parse_reference(reference));
}

domain::VersionId resolve_ever(store::ReadTransaction& view, std::string_view reference) {
  return find(view, domain::parse_reference(reference));
}

domain::VersionId resolve_explicit(store::ReadTransaction& view, std::string_view text) {
  const domain::Reference reference = domain::parse_reference(text);
  if (reference.explicit_selector) return resolve(view, reference);
  const domain::VersionId newest = resolve(view, reference);
  throw Error{ErrorKind::usage,
              fmt::format("`{}` names a model, but this changes one version of it", reference.model),
              {fmt::format("say which: `{}` is the latest", newest.text())}};
}

domain::Version load(store::ReadTransaction& view, const domain::VersionId& id) {
  auto version = view.version(id);
  if (!version) throw Error{ErrorKind::not_found, fmt::format("no version `{}`", id.text())};
  return std::move(*version);
}

domain::Run load_run(store::ReadTransaction& view, std::int64_t number) {
  auto run = view.run(number);
  if (!run) throw Error{ErrorKind::not_found, fmt::format("no run {}", number), {"`mlops run list` shows them"}};
  return std::move(*run);
}

domain::Dataset resolve_dataset(store::ReadTransaction& view, std::string_view text) {
  const domain::Reference reference = domain::parse_dataset_reference(text);
  const std::string& name = reference.model;
  const auto newest = view.latest_dataset(name);
  if (!newest) throw unknown_dataset(view, name);
  std::optional<std::int64_t> number = newest;
  if (const auto* wanted = std::get_if<std::int64_t>(&reference.selector)) number = *wanted;
  if (const auto* prefix = std::get_if<domain::DigestPrefix>(&reference.selector)) {
    number = view.find_dataset_by_digest(name, prefix->hex);
  }
  auto dataset = number ? view.dataset(name, *number) : std::nullopt;
  if (!dataset) {
    throw Error{ErrorKind::not_found,
                fmt::format("no dataset `{}`", reference.text()),
                {fmt::format("the latest is {}@{}", name, *newest)}};
  }
  return std::move(*dataset);
}

}  // namespace mlops::app
