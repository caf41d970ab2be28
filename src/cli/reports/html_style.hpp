// The style sheet of the page: for light and dark screens, narrow ones, and paper.
#pragma once

#include <string_view>

namespace mlops::cli {

inline constexpr std::string_view html_style = R"css(
:root { color-scheme: light dark; --ground: #fff; --raised: #f6f7f9; --ink: #1b1f24; --soft: #59636e; --rule: #d5dae0;
  --good: #1a7f37; --bad: #c62828; --open: #9a6700; --data: #2f6fb7; --other: #a9b4c0; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171b; --raised: #1d2228; --ink: #e6eaef; --soft: #9aa5b1; --rule: #343b44;
    --good: #4ac26b; --bad: #ff7b72; --open: #e3b341; --data: #6cabf0; --other: #5b6672; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; background: var(--ground); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.25rem; margin: 0 0 .25rem; }
h3 { font-size: 1rem; margin: 0 0 .4rem; overflow-wrap: anywhere; }
header { border-left: .4rem solid; padding: .3rem 0 .3rem 1rem; margin-bottom: 1.5rem; }
header p { margin: .3rem 0 0; color: var(--soft); }
header ul { margin: .3rem 0 0; padding-left: 1.1rem; }
header li { overflow-wrap: anywhere; }
section { border-top: 1px solid var(--rule); padding: 1.25rem 0; }
article { background: var(--raised); border-left: .3rem solid var(--rule); padding: .8rem 1rem; margin: .8rem 0;
  break-inside: avoid; }
.passed { --tone: var(--good); } .failed, .error { --tone: var(--bad); } .inconclusive { --tone: var(--open); }
.skipped { --tone: var(--soft); }
header, article { border-left-color: var(--tone); }
.result { color: var(--tone); font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
.why { font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--rule);
  overflow-wrap: break-word; max-width: 24rem; }
td.result { white-space: nowrap; }
th { color: var(--soft); font-weight: 500; }
summary { cursor: pointer; color: var(--soft); margin: .6rem 0; }
.facts { color: var(--soft); font-size: .85rem; margin: .8rem 0 0; overflow-wrap: anywhere; }
figure { margin: .8rem 0 0; }
figcaption { color: var(--soft); font-size: .85rem; overflow-wrap: anywhere; }
.plot { display: block; max-width: 100%; height: auto; font: 13px system-ui, sans-serif; }
.plot text { fill: var(--soft); }
.plot .axis { stroke: var(--soft); }
.plot .zero { stroke: var(--soft); stroke-dasharray: 2 3; }
.plot .interval { fill: var(--tone); fill-opacity: .3; }
.plot .end { stroke: var(--tone); stroke-width: 2; }
.plot .point { fill: var(--tone); }
.plot .limit { stroke: var(--ink); stroke-width: 2; stroke-dasharray: 5 3; }
.plot .now { fill: var(--data); }
.plot .reference { fill: var(--other); }
.plot .curve { fill: none; stroke: var(--data); stroke-width: 2; }
.key.now { color: var(--data); } .key.reference { color: var(--other); }
@media (max-width: 40rem) {
  body { padding: 1rem; }
  article { padding: .7rem .8rem; }
}
@media print {
  :root { --ground: #fff; --raised: #fff; --ink: #000; --soft: #444; --rule: #bbb; --good: #1a7f37; --bad: #b71c1c;
    --open: #7a5200; --data: #2f6fb7; --other: #a9b4c0; }
  body { max-width: none; padding: 0; font-size: 11pt; }
  * { print-color-adjust: exact; }
}
)css";

}  // namespace mlops::cli
