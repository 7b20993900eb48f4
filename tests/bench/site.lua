-- wrk: asks the addresses of a file in turn, at a steady rate if one is given; prints figures as a line of JSON.
local ffi = require("ffi")
ffi.cdef [[ typedef struct { long seconds; long nanos; } moment; int clock_gettime(int clock, moment *now); ]]
local moment = ffi.new("moment")

local function now()
  ffi.C.clock_gettime(1, moment)
  return tonumber(moment.seconds) * 1000 + tonumber(moment.nanos) / 1e6
end

local paths, place, gap, due = {}, 0, 0, 0

function init(arguments)
  for path in io.lines(arguments[1]) do paths[#paths + 1] = path end
  local rate = tonumber(arguments[2] or "0")
  if rate > 0 then gap = 1000 / rate end
end

function delay()
  if gap == 0 then return 0 end
  local time = now()
  -- After a stall the schedule begins anew; wrk cannot send what it has no connection for.
  if due < time - 1000 then due = time end
  due = due + gap
  return math.max(0, math.floor(due - time))
end

function request()
  place = place % #paths + 1
  return wrk.format("GET", paths[place])
end

function done(summary, latency)
  local wrong = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.3f, "p50": %.2f, "p95": %.2f, "p99": %.2f, "most": %.2f, "errors": %d, "late": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    latency:percentile(99) / 1000, latency.max / 1000,
    wrong.connect + wrong.read + wrong.write + wrong.status, wrong.timeout))
end
