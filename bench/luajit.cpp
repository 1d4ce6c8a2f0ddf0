// The policy in Lua, compiled by LuaJIT, over the same structures through its foreign function interface.
#include "bench/contestants.h"

#include <lua.hpp>

#include <stdexcept>

namespace rubric::bench {
namespace {

constexpr char declarations[] = R"lua(
local ffi = require 'ffi'
-- The defaults give up on functions of this size and interpret them.
jit.opt.start(3, 'maxtrace=8000', 'maxrecord=40000', 'maxirconst=4000', 'maxside=4000', 'maxsnap=4000', 'sizemcode=512', 'maxmcode=65536')
ffi.cdef [[
  typedef struct { int32_t date, units; } Line;
  typedef struct { int32_t code, onset; } Diagnosis;
  typedef struct { int32_t sessions, start, ending; uint8_t category, outcome; } Trial;
  typedef struct { int32_t code, date, relief; uint8_t response; } Prior;
  typedef struct { int32_t date; uint8_t type, activity, taut, referred; } Finding;
  typedef struct { int32_t date; uint8_t kind, result; } Study;
  typedef struct { uint32_t first, last; } Range;
  typedef struct {
    int32_t birth; uint8_t infection, coagulopathy, anticoagulant, plan, education, therapy;
    bool findings_open, trials_open, priors_open, studies_open;
    Range lines, diagnoses, findings, trials, priors, studies;
  } Case;
  typedef struct { uint8_t v[17]; uint8_t decision; } Result;
]]
)lua";

constexpr char policy[] = R"lua(
local band, floor = require('bit').band, math.floor
local NONE = -2147483648
local min, max = math.min, math.max

-- days since 1970-01-01 to year, month, day and back
local function civil(z)
  z = z + 719468
  local era = floor(z / 146097)
  local doe = z - era * 146097
  local yoe = floor((doe - floor(doe / 1460) + floor(doe / 36524) - floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + floor(yoe / 4) - floor(yoe / 100))
  local mp = floor((5 * doy + 2) / 153)
  local d = doy - floor((153 * mp + 2) / 5) + 1
  local m = mp < 10 and mp + 3 or mp - 9
  return yoe + era * 400 + (m <= 2 and 1 or 0), m, d
end
local function days(y, m, d)
  if m <= 2 then y = y - 1 end
  local era = floor(y / 400)
  local yoe = y - era * 400
  local doy = floor((153 * (m > 2 and m - 3 or m + 9) + 2) / 5) + d - 1
  return era * 146097 + yoe * 365 + floor(yoe / 4) - floor(yoe / 100) + doy - 719468
end
local length = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }
local function months_before(day, n)
  if day == NONE then return NONE end
  local y, m, d = civil(day)
  local total = y * 12 + m - 1 - n
  y, m = floor(total / 12), total % 12 + 1
  local last = length[m]
  if m == 2 and (y % 4 == 0 and (y % 100 ~= 0 or y % 400 == 0)) then last = 29 end
  return days(y, m, d < last and d or last)
end
local function years(a, b)
  local ay, am, ad = civil(a)
  local by, bm, bd = civil(b)
  return by - ay - ((bm < am or (bm == am and bd < ad)) and 1 or 0)
end

local function is(b) if b then return 2 end return 0 end
local function known(v, none, b) if v == none then return 1 elseif b then return 2 end return 0 end
local function after(a, b) if a == NONE or b == NONE then return 1 elseif a > b then return 2 end return 0 end
local function from(a, b) if a == NONE or b == NONE then return 1 elseif a >= b then return 2 end return 0 end
local function shifted(d, n) if d == NONE then return NONE end return d + n end
local function at_least(low, high, n) if low >= n then return 2 elseif high < n then return 0 end return 1 end

local function settled(a, d, r)
  if a and d then return 4 elseif r then return 2 elseif d then return 1 elseif a then return 0 end
  return 3
end
local function decided(a, d, r)
  if a ~= 1 and d ~= 1 and r ~= 1 then return settled(a == 2, d == 2, r == 2) end
  local found = -1
  for x = (a == 2 and 1 or 0), (a == 0 and 0 or 1) do
    for y = (d == 2 and 1 or 0), (d == 0 and 0 or 1) do
      for z = (r == 2 and 1 or 0), (r == 0 and 0 or 1) do
        local one = settled(x == 1, y == 1, z == 1)
        if found == -1 then found = one elseif found ~= one then return 5 end
      end
    end
  end
  return found
end

local function evaluate(c, line, D, F, T, P, S, v)
  local date = line.date
  local m3, m6, m12, m24 = months_before(date, 3), months_before(date, 6), months_before(date, 12), months_before(date, 24)
  local d28, d365 = shifted(date, -28), shifted(date, -365)
  v[0] = (c.birth == NONE or date == NONE) and 1 or is(years(c.birth, date) >= 18)

  local diagnosed, excluded, lasted_pain = 0, 0, 0
  for k = c.diagnoses.first, c.diagnoses.last - 1 do
    local d = D[k]
    local headache = known(d.code, NONE, d.code < 30)
    diagnosed = max(diagnosed, headache)
    excluded = max(excluded, known(d.code, NONE, d.code >= 30 and d.code < 35))
    lasted_pain = max(lasted_pain, min(headache, from(m3, d.onset)))
  end
  v[1], v[2], v[3] = diagnosed, 2 - excluded, lasted_pain

  local open = c.findings_open and 1 or 0
  local active, taut = open, open
  for k = c.findings.first, c.findings.last - 1 do
    local f = F[k]
    local point = known(f.type, 255, f.type == 0)
    active = max(active, min(min(point, known(f.activity, 255, f.activity == 0)), min(after(f.date, m6), from(date, f.date))))
    taut = max(taut, min(point, max(f.taut, f.referred)))
  end
  v[4], v[5] = active, taut

  open = c.trials_open and 1 or 0
  local low, high, failed, impossible = 0, c.trials_open and 1000000 or 0, open, open
  for k = c.trials.first, c.trials.last - 1 do
    local t = T[k]
    local drug = min(min(known(t.category, 255, t.category < 5), known(t.outcome, 255, t.outcome == 0 or t.outcome == 3)),
                     min(from(t.ending, shifted(t.start, 28)), after(t.start, m12)))
    if drug == 2 then low = low + 1 end
    if drug ~= 0 then high = high + 1 end
    local movement = known(t.category, 255, t.category >= 8 and t.category <= 10)
    failed = max(failed, min(min(movement, known(t.outcome, 255, t.outcome == 0)), min(known(t.sessions, NONE, t.sessions >= 6), after(t.ending, m12))))
    impossible = max(impossible, min(movement, known(t.outcome, 255, t.outcome == 4)))
  end
  v[6], v[7] = at_least(low, high, 2), max(failed, impossible)

  open = c.priors_open and 1 or 0
  local many = c.priors_open and 1000000 or 0
  local since, ylow, yhigh, plow, phigh, some, lasted = open, 0, many, 0, many, open, open
  for k = c.priors.first, c.priors.last - 1 do
    local p = P[k]
    local injection = known(p.code, NONE, p.code < 2)
    local before = min(injection, after(date, p.date))
    since = max(since, min(before, after(p.date, d28)))
    local year = min(before, after(p.date, d365))
    if year == 2 then ylow = ylow + 1 end
    if year ~= 0 then yhigh = yhigh + 1 end
    local poor = min(injection, known(p.relief, NONE, p.relief < 500))
    if poor == 2 then plow = plow + 1 end
    if poor ~= 0 then phigh = phigh + 1 end
    some = max(some, injection)
    lasted = max(lasted, min(injection, min(known(p.response, 255, p.response == 2), known(p.relief, NONE, p.relief >= 500))))
  end
  v[8], v[9], v[10], v[11], v[16] = 2 - since, 2 - at_least(ylow, yhigh, 4), 2 - at_least(plow, phigh, 3), lasted, some

  local imaged = c.studies_open and 1 or 0
  for k = c.studies.first, c.studies.last - 1 do
    local s = S[k]
    imaged = max(imaged, min(min(known(s.kind, 255, s.kind == 0), known(s.result, 255, s.result == 0)), after(s.date, m24)))
  end
  v[12] = imaged
  v[13] = 2 - max(max(c.infection, c.coagulopathy), min(c.anticoagulant, 2 - c.plan))
  v[14] = min(c.education, known(c.therapy, 255, c.therapy >= 3))
  v[15] = known(line.units, NONE, line.units <= 8)

  local need = min(min(min(v[0], v[1]), min(v[2], v[3])), min(min(v[4], v[5]), min(v[6], v[7])))
  need = min(min(need, v[10]), max(2 - some, lasted))
  local modest = min(min(v[8], v[9]), min(v[12], min(v[14], v[15])))
  local safe = v[13]
  return decided(min(min(need, modest), safe), max(min(2 - need, safe), 2 - safe), min(2 - modest, safe))
end

function run(count, cases, lines, D, F, T, P, S, out)
  cases, lines = ffi.cast('Case*', cases), ffi.cast('Line*', lines)
  D, F, T = ffi.cast('Diagnosis*', D), ffi.cast('Finding*', F), ffi.cast('Trial*', T)
  P, S, out = ffi.cast('Prior*', P), ffi.cast('Study*', S), ffi.cast('Result*', out)
  for k = 0, count - 1 do
    local c = cases[k]
    for l = c.lines.first, c.lines.last - 1 do
      local result = out[l]
      result.decision = evaluate(c, lines[l], D, F, T, P, S, result.v)
    end
  end
end
)lua";

static_assert(sizeof(LineResult) == 18, "Result, above");

class LuaJit : public Contestant {
 public:
  explicit LuaJit(const Cases& cases) : cases_(cases), results_(cases.lines.size()), lua_(luaL_newstate()) {
    luaL_openlibs(lua_);
    const std::string text = std::string(declarations) + policy;
    if (luaL_dostring(lua_, text.c_str())) throw std::runtime_error(lua_tostring(lua_, -1));
  }
  ~LuaJit() override { lua_close(lua_); }
  void run() override {
    lua_getglobal(lua_, "run");
    lua_pushnumber(lua_, static_cast<double>(cases_.cases.size()));
    const void* tables[] = {cases_.cases.data(),  cases_.lines.data(),  cases_.diagnoses.data(), cases_.findings.data(),
                            cases_.trials.data(), cases_.priors.data(), cases_.studies.data(),   results_.data()};
    for (const void* each : tables) lua_pushlightuserdata(lua_, const_cast<void*>(each));
    if (lua_pcall(lua_, 9, 0, 0)) throw std::runtime_error(lua_tostring(lua_, -1));
  }
  std::vector<LineResult> results() const override { return results_; }

 private:
  const Cases& cases_;
  std::vector<LineResult> results_;
  lua_State* lua_;
};

}  // namespace

std::unique_ptr<Contestant> luajit(const Cases& cases) { return std::make_unique<LuaJit>(cases); }

}  // namespace rubric::bench
