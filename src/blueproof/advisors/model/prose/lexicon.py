"""The words by which a sentence is taken apart: what is a verb, what may be both, what is neither.

Closed classes are whole; verbs are those of people who tell what their business does.
"""

_T = str.split

ONE = frozenset(_T(
    "a an each every one any single another whichever"
))  # fmt: skip
THE = frozenset(_T(
    "the its his her their our my your this these those same whose certain such no some"
))  # fmt: skip
MANY = frozenset(_T(
    "several many multiple various numerous few different more most two three four five six seven "
    "eight nine ten twelve twenty hundreds thousands dozens"
))  # fmt: skip
PREPOSITIONS = frozenset(_T(
    "of for in on at by with from to into per via between among against about over under after "
    "before during until since within without across through towards around inside outside along "
    "behind near beyond like as minus except despite upon onto than"
))  # fmt: skip
MODALS = frozenset(_T(
    "can could may might must shall should will would cannot can't won't mustn't shouldn't don't "
    "doesn't do does did needn't"
))  # fmt: skip
BE = frozenset(_T(
    "is are was were be been being isn't aren't am i'm we're they're it's"
))  # fmt: skip
PRONOUNS = frozenset(_T(
    "i we you they he she it us them him somebody someone anybody anyone nobody everyone "
    "everybody me one's there there's that's here's who's something anything nothing everything "
    "else none theirs ours others here"
))  # fmt: skip
RELATIVES = frozenset(_T(
    "who which that where when whose if because so but then while whereas until unless once "
    "although though how what why"
))  # fmt: skip
ADVERBS = frozenset(_T(
    "out up off down never not always also only just often usually mostly still again already "
    "ever back twice once later ago now soon too very at-least exactly about roughly around "
    "together away far weekly daily monthly yearly meanwhile online forever well please pls "
    "either neither nor ahead instead sometimes rather quite even almost n't yet anyway therefore "
    "otherwise most least maybe perhaps next apart overnight afterwards beforehand long late "
    "early up-front upfront "
    "time-to-time"
))  # fmt: skip
ADJECTIVES = frozenset(_T(
    "free proper relational physical valid invalid open closed active inactive new old current "
    "public private primary principal backup main first second third last next newest oldest "
    "latest recent top small large "
    "big short long full empty whole normal usual good fixed flexible limited unlimited numbered "
    "double monthly weekly daily yearly annual hourly regular irregular digital online offline "
    "internal external local global mobile simple complex available unavailable visible hidden "
    "other nested hierarchical unique right wrong left possible necessary important responsible "
    "due "
    "overdue gapless gap-free gap-less append-only read-only partial late early seasonal special "
    "individual personal common shared "
    "certain provable traceable negative positive zero equal b2b second-hand secondhand"
))  # fmt: skip
CONJUNCTIONS = frozenset(_T(
    "and or plus & nor"
))  # fmt: skip

# Verbs that are no nouns in such texts, by their base form.
VERBS = frozenset(_T(
    "lie die hang unload refuel dispense administer prescribe examine diagnose admit discharge "
    "vaccinate breed slaughter mow sow weld disassemble calibrate certify decline sublet "
    "terminate reimburse insure nominate elect compete tackle substitute tutor graduate dance "
    "rehearse unsubscribe bookmark mute narrate recharge inform rise fall vary waive escalate "
    "triage recall accept add adjust agree allow announce appear apply appoint approve arrange "
    "arrive ask assign attach attend become begin belong borrow bring build buy calculate cancel "
    "carry choose close collect come compare complete confirm connect consist contain convert "
    "create decide define delete deliver depend describe determine differ display divide do earn "
    "edit both all enable enrol enroll ensure enter exceed exist expect expire expand fertilise "
    "fertilize fetch fill find fix flag follow forget freeze get give go grow happen harvest have "
    "hear hold include inspect install invite involve join keep know lapse learn leave lend let "
    "listen live lose maintain make manage mean meet merge modify need negotiate notify obtain "
    "occur organise organize own participate pay perform pick prepare prevent produce provide "
    "publish purchase put raise read receive refer refund register reject relate release remain "
    "remember remove renew replace represent require reserve resolve restrict retain say schedule "
    "select sell send serve sign speak spend store subscribe suggest take teach tell think "
    "transport unlock update use verify want weigh withdraw write provision rely rotate assemble "
    "comprise compose sit supply supervise employ specify submit assess inherit reference "
    "compute save contribute qualify recur repeat react redeem reach relocate govern conduct "
    "occupy deduct top "
    "subtract sum settle owe donate recommend generate evaluate consume combine categorise "
    "categorize classify translate upload download share moderate enforce grant sing cook eat "
    "drink swim drive fly ride walk travel stay host see mark stick overlap collide accrue signup "
    "takeout checkin payout"
))  # fmt: skip
# Verbs that are as often the thing: which it is, its place in the sentence tells.
BOTH = frozenset(_T(
    "hand trace open access account act address aim alert amount answer arrest attack attempt "
    "audit award balance ban battle benefit bet bid bill block book box break bundle call care "
    "carton cause change charge check claim class click coach comment commission contact content "
    "contract control cost count cover credit crop cut cycle damage date deal debit delay demand "
    "deposit design detail discount dispatch dispute document dose draft drop email end engineer "
    "entitle estimate event exchange exercise export fail favour favorite favourite feature feed "
    "fee field file filter fine finish flow forecast form fund gain gift grade grant group "
    "guarantee guest guide handle help hire host impact import increase index influence insert "
    "interest interview invoice issue judge label labour land lead lease level licence license "
    "lift like limit link list load loan locate lock log lot mail map mark market master match "
    "matter measure mention merchant message meter mix model monitor mount move name nest note "
    "notice number object offer order pack package page paint park part partner pass patch pause "
    "permit phase phone pilot place plan plant play plot point poll pool position post practice "
    "present press price print process produce profit program project promise promote purchase "
    "purpose quest query question queue quote race range rank rate reason receipt record "
    "reference refund release rent repair reply report request rescue research respect rest "
    "result return reveal review reward ride ring risk role roll room round route rule run sale "
    "sample scale scan schedule score screen search season seat sentence service set shape "
    "ship shift shop show side signal size skill slot sort source space spare split sponsor spot "
    "spray staff stage stand star start state station step stock stop stream structure studio "
    "study style support surface survey swap switch table tag talk target tax team term test text "
    "thread ticket tier time title tool total tour track trade train transfer transport travel "
    "treat trial trip trust try turn type unit upgrade value view visit voice void volunteer vote "
    "voucher wait walk want warehouse waste watch water weight wish work worth yield zone own "
    "freeze"
))  # fmt: skip
_NOT_VERBS = frozenset(_T(
    "account class content crop date dose event fee field guest amount carton impact index lot "
    "merchant object part people position price purpose role room sale season skill slot spare "
    "studio team tier tool unit voucher warehouse weight worth zone licence bundle profit table "
    "stage term seat title"
))  # fmt: skip
IRREGULAR = dict(pair.split(":") for pair in _T(
    "sold:sell bought:buy paid:pay kept:keep held:hold made:make taken:take took:take given:give "
    "gave:give sent:send written:write wrote:write done:do seen:see known:know shown:show "
    "built:build brought:bring lent:lend met:meet spent:spend won:win lost:lose told:tell "
    "taught:teach chosen:choose drawn:draw driven:drive drove:drive grown:grow got:get "
    "begun:begin broken:break fought:fight found:find hung:hang said:say sat:sit thrown:throw "
    "worn:wear has:have had:have having:have goes:go went:go gone:go does:do left:leave put:put "
    "let:let set:set cut:cut split:split read:read hit:hit ridden:ride rode:ride forgot:forget "
    "forgotten:forget fed:feed led:lead meant:mean froze:freeze frozen:freeze ran:run run:run "
    "spoken:speak spoke:speak borrowed:borrow owed:owe planned:plan cancelled:cancel "
    "canceled:cancel transferred:transfer referred:refer stopped:stop shipped:ship tagged:tag "
    "enrolled:enrol enroled:enrol swapped:swap submitted:submit swum:swim flown:fly eaten:eat "
    "drunk:drink shared:share"
))  # fmt: skip
ALL_VERBS = (VERBS | BOTH) - _NOT_VERBS
# Before a noun these are part of its name, though they look like verbs.
NAMING = frozenset(_T(
    "meeting waiting standing parking training building mailing shipping billing opening booking "
    "pricing rating listing fitting cooking swimming tracking operating purchasing landing "
    "loading packing picking cutting sewing banking tasting hearing wedding lighting milking "
    "planting testing dining shopping living sleeping writing teaching"
))  # fmt: skip
NO_S = frozenset(_T(
    "gas bus class series status address business process access lens news premises press boss "
    "glass pass success analysis basis bonus campus chassis corpus virus always across as is his "
    "its this was us plus less unless"
))  # fmt: skip


def lemma(word: str) -> str:
    """The base form of a verb's form; "" where the word is the form of no verb that we know."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    return next((b for b in _bases(word) if b in ALL_VERBS), "")


def _bases(word: str) -> tuple[str, ...]:
    found = [word]
    if word.endswith(("ies", "ied")):
        found.append(f"{word[:-3]}y")
    if word.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
        found += [word[:-1], word[:-2]]
    elif word.endswith("s"):
        found.append(word[:-1])
    if word.endswith("ed"):
        found += [word[:-1], word[:-2], _undoubled(word[:-2])]
    if word.endswith("ing"):
        found += [f"{word[:-3]}e", word[:-3], _undoubled(word[:-3])]
    return tuple(found)


def _undoubled(stem: str) -> str:
    return stem[:-1] if stem[-1:] == stem[-2:-1] else stem


def form(word: str) -> str:
    """Which form of a verb it looks like: "ing", "ed" (a participle), "s" or "base"."""
    if word.endswith("ing") and word not in ALL_VERBS:
        return "ing"
    if word.endswith("ed") and word not in {"need", "feed", "bed", "seed"}:
        return "ed"
    if word in IRREGULAR and word not in {"has", "goes", "does", "had", "went", "took", "gave"}:
        return "both" if IRREGULAR[word] == word else "ed"
    return "s" if word.endswith("s") and not word.endswith("ss") else "base"
