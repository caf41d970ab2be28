#include "reports/card.hpp"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include <mlops/support/text.hpp>

#include "reports/card_facts.hpp"
#include "reports/card_metadata.hpp"
#include "reports/card_sections.hpp"
#include "reports/escape.hpp"

namespace mlops::cli {

namespace {

enum class Kind { parent, told };  // a parent only holds other sections together

struct Heading {
  int level;
  std::string_view text;
  Kind kind = Kind::told;
};

// Hugging Face's template, with our files and gates, and the considerations of Google's schema.
constexpr std::array<Heading, 44> card_headings = {{{2, "Model Details", Kind::parent},
                                                    {3, "Model Description"},
                                                    {3, "Model Sources"},
                                                    {3, "Files"},
                                                    {2, "Uses", Kind::parent},
                                                    {3, "Direct Use"},
                                                    {3, "Downstream Use"},
                                                    {3, "Out-of-Scope Use"},
                                                    {2, "Bias, Risks, and Limitations"},
                                                    {3, "Recommendations"},
                                                    {2, "Considerations", Kind::parent},
                                                    {3, "Users"},
                                                    {3, "Use Cases"},
                                                    {3, "Tradeoffs"},
                                                    {3, "Ethical Considerations"},
                                                    {2, "How to Get Started with the Model"},
                                                    {2, "Training Details", Kind::parent},
                                                    {3, "Training Data"},
                                                    {3, "Training Procedure"},
                                                    {4, "Preprocessing"},
                                                    {4, "Training Hyperparameters"},
                                                    {4, "Speeds, Sizes, Times"},
                                                    {2, "Evaluation", Kind::parent},
                                                    {3, "Testing Data, Factors & Metrics", Kind::parent},
                                                    {4, "Testing Data"},
                                                    {4, "Factors"},
                                                    {4, "Metrics"},
                                                    {3, "Results"},
                                                    {4, "Summary"},
                                                    {3, "Gates"},
                                                    {2, "Model Examination"},
                                                    {2, "Environmental Impact"},
                                                    {2, "Technical Specifications", Kind::parent},
                                                    {3, "Model Architecture and Objective"},
                                                    {3, "Compute Infrastructure", Kind::parent},
                                                    {4, "Hardware"},
                                                    {4, "Software"},
                                                    {2, "Citation", Kind::parent},
                                                    {3, "BibTeX"},
                                                    {3, "APA"},
                                                    {2, "Glossary"},
                                                    {2, "More Information"},
                                                    {2, "Model Card Authors"},
                                                    {2, "Model Card Contact"}}};

std::string heading_line(int level, std::string_view text) {
  return fmt::format("{} {}\n\n", std::string(static_cast<std::size_t>(level), '#'), text);
}

// The author's words by the section they belong to. What they wrote below a heading that the template doesn't have
// stays with the section it stands in; what stands in none comes at the end.
struct AuthorsWords {
  std::map<std::string, std::string> by_key;
  std::string intro;
  std::string rest;
};

AuthorsWords sorted_words(const AuthoredCard& card) {
  AuthorsWords words{.by_key = {}, .intro = card.intro.empty() ? "" : card.intro + "\n", .rest = ""};
  std::string* current = nullptr;
  int level = 0;
  for (const CardSection& section : card.sections) {
    const std::string key = heading_key(section.heading);
    const bool is_known =
        std::ranges::any_of(card_headings, [&](const Heading& h) { return heading_key(h.text) == key; });
    const bool is_title = !is_known && section.level == 1;
    const bool is_below = !is_known && !is_title && current != nullptr && section.level > level;
    std::string* target = &words.rest;
    if (is_known) {
      target = &words.by_key[key];
    } else if (is_title) {
      target = &words.intro;
    } else if (is_below) {
      target = current;
    }
    const std::string own = is_known || is_title ? "" : heading_line(section.level, section.heading);
    const std::string text = own + (section.body.empty() ? "" : section.body + "\n");
    if (!text.empty()) *target += (target->empty() ? "" : "\n") + text;
    if (is_below) continue;
    current = is_title ? nullptr : target;
    level = section.level;
  }
  return words;
}

}  // namespace

Card model_card(const app::CardOutcome& outcome) {
  const AuthoredCard authored = outcome.authored ? read_authored_card(*outcome.authored) : AuthoredCard{};
  const AuthorsWords words = sorted_words(authored);
  const auto facts = card_facts(outcome, authored);
  Card card;
  card.unread = authored.unread;
  for (const CardEntry& entry : authored.entries) {
    if (!is_hub_key(entry.key)) card.unread.push_back(entry.key);
  }
  card.text = card_metadata(outcome, authored.entries);
  card.text += fmt::format("# Model Card for {}\n\n", outcome.known.summary.version.id.text());
  if (!words.intro.empty()) card.text += words.intro + "\n";
  for (const Heading& heading : card_headings) {
    card.text += heading_line(heading.level, heading.text);
    const std::string key = heading_key(heading.text);
    const auto own = words.by_key.find(key);
    const auto known = facts.find(key);
    const bool is_authored = own != words.by_key.end() && !own->second.empty();
    if (is_authored) {
      card.text += own->second + "\n";
      card.authored.emplace_back(heading.text);
    }
    if (known != facts.end()) card.text += known->second + "\n";
    if (is_authored || known != facts.end() || heading.kind == Kind::parent) continue;
    card.text += fmt::format("{}\n\n", card_placeholder);
    card.missing.emplace_back(heading.text);
  }
  if (!words.rest.empty()) card.text += words.rest + "\n";
  card.text += outcome.authored_source.empty()
                   ? "---\n\nMade by `mlops card` from the registry. Write what is missing into `model_card.md`.\n"
                   : fmt::format("---\n\nMade by `mlops card` from the registry, and `model_card.md` of {}.\n",
                                 markdown_prose(outcome.authored_source));
  return card;
}

}  // namespace mlops::cli
