"""WebSockets process their input in turn."""

import asyncio

from parlour.gateways.web.scheduler import WORK_BUDGET, InputScheduler


class Source:
    """An input source with *slices* to process, which logs its *name* for each."""

    def __init__(
        self, scheduler: InputScheduler, slices: int, log: list[str], name: str
    ) -> None:
        self.scheduler, self.slices, self.log, self.name = scheduler, slices, log, name

    def process_slice(self) -> int:
        self.log.append(self.name)
        self.slices -= 1
        if self.slices:
            self.scheduler.add(self)
        return WORK_BUDGET // 2


def test_sources_take_turns_and_the_loop_does_other_work_in_between() -> None:
    async def run() -> list[str]:
        scheduler = InputScheduler()
        log: list[str] = []
        for name in "abc":
            scheduler.add(Source(scheduler, 2, log, name))
        while len(log) < 8:
            await asyncio.sleep(0)
            log.append("-")
        return log

    assert "".join(asyncio.run(run())).replace("--", "-")[:9] == "ab-ca-bc-"
