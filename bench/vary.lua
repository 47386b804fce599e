-- wrk: a small query whose text is another one each time, also from run to run, so that no cache has its answer.
local asked = os.time() % 100000 * 10000
local prefix
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  prefix = wrk.path .. "?query=" .. arguments[1] .. "%20LIMIT%20"
end

function request()
  asked = asked + 1
  return wrk.format("GET", prefix .. (1000 + number * 1000000000 + asked))
end
